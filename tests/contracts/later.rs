//! Plugins for a contract that is later than this host's.

use crate::built::{bytes, reworded};
use crate::support::Bot;

/// The veteran as one of contract 0.1.9.
fn veteran_of_0_1_9() -> Vec<u8> {
    reworded(&bytes("veteran"), "@0.1.0", "@0.1.9")
}

/// What is said of a file that is not let in.
#[track_caller]
fn assert_refused(file: &[u8], sentence: &str) {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("x.wasm", file);
    assert_eq!(bot.looks(), [format!("x.wasm {sentence}")]);
}

#[test]
fn one_that_uses_nothing_new_runs() {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("veteran.wasm", veteran_of_0_1_9());
    assert_eq!(bot.looks(), ["veteran 0.1.0 is live"]);
    bot.plays("jane> @hatstand vet keep coat as grey\nbot> Kept.\njane> @hatstand vet get coat\nbot> grey");
}

#[test]
fn one_that_calls_a_new_function_is_told_which() {
    assert_refused(
        &reworded(&veteran_of_0_1_9(), "zone-offset", "zone-advice"),
        "needs `directory.zone-advice` of plugin API 0.1.9; this bot offers 0.1.2, which is without. Upgrade the bot, or build the plugin without",
    );
}

#[test]
fn one_that_uses_a_new_interface_is_told_which() {
    assert_refused(
        &reworded(&veteran_of_0_1_9(), "plugin/timers@", "plugin/alarms@"),
        "needs `alarms` of plugin API 0.1.9; this bot offers 0.1.2, which is without. Upgrade the bot, or build the plugin without",
    );
}

#[test]
fn all_that_is_new_is_named_at_once() {
    let alarmed = reworded(&veteran_of_0_1_9(), "plugin/timers@", "plugin/alarms@");
    assert_refused(
        &reworded(&alarmed, "zone-offset", "zone-advice"),
        "needs `alarms`, `directory.zone-advice` of plugin API 0.1.9; this bot offers 0.1.2, which is without. Upgrade the bot, or build the plugin without",
    );
}

#[test]
fn one_that_calls_what_no_contract_has_is_told_so() {
    assert_refused(
        &reworded(&bytes("veteran"), "zone-offset", "zone-advice"),
        "needs `directory.zone-advice`, which this bot does not know. It may be built for something else, or for a later version",
    );
}

#[test]
fn one_of_another_series_is_told_which() {
    assert_refused(
        &reworded(&bytes("veteran"), "@0.1.0", "@0.2.0"),
        "was built for plugin API 0.2.0; this bot offers 0.1.2. Upgrade the bot, or rebuild with hatstand-plugin 0.1.2",
    );
}
