//! Asks the host for something in order to describe itself, which the SDK does not let anybody do by accident.

use hatstand_plugin::__private::{Exported, declared};
use hatstand_plugin::bindings::hatstand::plugin::store;
use hatstand_plugin::{Description, Plugin, commands};

struct Impure;

#[commands]
impl Impure {}

impl Plugin for Impure {
    const NAME: &'static str = "impure";
    const VERSION: &'static str = "0.1.0";
    const SUMMARY: &'static str = "Is another plugin every day.";
    const WANTS: &'static [&'static str] = &[];
    const SETTINGS: &'static [declared::Setting] = &[];

    fn description() -> Description {
        let mood = store::get("mood").ok().flatten().unwrap_or_default();
        Description { name: String::from_utf8_lossy(&mood).into_owned(), ..Description::default() }
    }
}

type Export = Exported<Impure>;
hatstand_plugin::bindings::__export!(Export);
