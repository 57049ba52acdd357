//! A plugin of contract 0.1.0 does on this host what it did then: each of its commands, and each kind of event.

use crate::built::{bytes, folder};
use crate::support::Bot;
use hatstand::adapters::terminal::workspace;
use hatstand::ledger::{AuditQuery, Recorded};
use hatstand::model::{Event, What};
use hatstand_common::transcript::run_file;
use hatstand_common::value::{Channel, MessageId, Person, Place};
use std::collections::BTreeSet;

/// A bot with a plugin as it was built then.
fn bot_with(plugin: &str) -> Bot {
    let mut bot = Bot::that_is_told(&[]);
    bot.put(&format!("{plugin}.wasm"), bytes(plugin));
    assert_eq!(bot.looks(), [format!("{plugin} 0.1.0 is live")]);
    bot
}

#[test]
fn each_of_its_commands_does_what_it_did() {
    let mut bot = bot_with("veteran");
    run_file(folder().join("veteran.txt"), &mut bot);
    let forgotten: Vec<_> = commands_declared(&bot).difference(&commands_given(&bot)).cloned().collect();
    assert!(forgotten.is_empty(), "not given: {forgotten:?}");
}

#[test]
fn each_kind_of_event_reaches_it_as_it_did() {
    let mut bot = bot_with("veteran");
    let jane = Person { id: "jane".into(), name: "jane".to_owned(), zone: "UTC".to_owned(), admin: false, bot: false, active: true };
    let dev = Channel { id: "dev".into(), name: "dev".to_owned(), direct: false, archived: false };
    let message = MessageId("1".to_owned());
    let values = vec![("name".to_owned(), "Smith".to_owned()), ("coat".to_owned(), "blue".to_owned())];
    let plugin = || "veteran".into();
    let all = [
        What::Reacted { message, emoji: "eyes".to_owned(), added: false },
        What::Joined { person: jane.clone(), channel: dev.clone() },
        What::Left { person: jane.clone(), channel: dev.clone() },
        What::PersonChanged(Person { active: false, ..jane }),
        What::ChannelChanged(Channel { archived: true, ..dev }),
        What::HomeOpened,
        What::Abandoned { plugin: plugin(), key: "guard".to_owned() },
        What::Installed { plugin: plugin() },
        What::Upgraded { plugin: plugin(), previous: "0.0.9".to_owned() },
        What::FormSent { plugin: plugin(), key: "enlist:tonight".to_owned(), values },
    ];
    for (number, what) in all.into_iter().enumerate() {
        happens(&bot, number, what);
    }
    bot.plays(
        "jane> @hatstand vet testify\n\
         bot> Smith enlisted tonight, with 1 more.\n\
         bot(jane)> reaction 1 eyes false; joined jane UTC false false true dev false false; left jane UTC false false true dev false false; \
         person jane UTC false false false; channel dev false true; home-opened {}; call-abandoned {\"key\":\"guard\"}\n\
         jane> @hatstand vet origin\n\
         bot> Some(true) Some(\"0.0.9\")",
    );
}

/// What this host does not serve yet is said by name. Once it is served, the courier goes its rounds here.
#[test]
fn what_is_not_served_yet_is_named() {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("courier.wasm", bytes("courier"));
    let sentence = "courier.wasm wants `queue`, which this bot does not serve yet. Upgrade the bot, or build the plugin without it";
    assert_eq!(bot.looks(), [sentence]);
}

/// Somebody tells the bot, in #dev.
fn happens(bot: &Bot, number: usize, what: What) {
    let host = bot.practice.host();
    let place = Some(Place { channel: "dev".into(), thread: None });
    let event =
        Event { workspace: workspace(), key: format!("event {number}"), at: host.clock.now(), place, person: Some("jane".into()), what };
    let taken = bot.practice.runtime().block_on(host.intake.take(event)).expect("it is recorded");
    assert!(matches!(taken, Some(Recorded::New(_))), "event {number}: somebody listens to it");
}

fn commands_declared(bot: &Bot) -> BTreeSet<String> {
    let registry = bot.practice.plugins().registry();
    let generation = registry.live(&"veteran".into()).expect("it is live");
    generation.description.commands.iter().map(|command| command.name.clone()).collect()
}

fn commands_given(bot: &Bot) -> BTreeSet<String> {
    let audit = bot.practice.host().ledger.audit(AuditQuery { plugin: Some("veteran".into()), ..AuditQuery::newest(1_000) });
    let entries = bot.practice.runtime().block_on(audit).expect("it can be read");
    entries.into_iter().filter(|entry| !entry.line.is_empty()).map(|entry| entry.what).collect()
}
