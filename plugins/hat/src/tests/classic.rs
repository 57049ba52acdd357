//! In the classic profile any sequence of the original's commands ends as it does with the original.

#[path = "../../../turns/tests/turns/hat_man.rs"]
mod hat_man;

use crate::Hat;
use hat_man::{Command, HatMan, commands};
use hatstand_plugin::testing::Room;
use proptest::prelude::*;
use serde_json::Value;

/// What can be asked in between, and changes nothing.
const LOOKS: [&str; 2] = ["hat who", "hat queued"];

proptest! {
    #[test]
    fn the_classic_hat_is_hat_man(commands in commands(), pauses in prop::collection::vec(0..3u32, 60)) {
        let (mut room, mut hat_man) = (Room::with::<Hat>(), HatMan::default());
        room.set("profile", "classic");
        for ((who, command), pause) in commands.into_iter().zip(pauses) {
            says(&mut room, who, command);
            hat_man.hear(who, command);
            room.says(who, LOOKS[pause as usize % 2]);
            prop_assert_eq!(state(&room.outcome().data), hat_man.state());
            // Nothing in the original happens by itself.
            room.wait(&format!("{} minutes", 1 + 200 * pause));
        }
    }
}

/// Taking the hat off somebody has to be confirmed, as ever.
fn says(room: &mut Room, who: &str, command: Command) {
    room.says(who, words(command));
    if room.outcome().code == "confirm" {
        room.presses(who, "Take it off");
    }
}

fn words(command: Command) -> &'static str {
    match command {
        Command::On => "hat on",
        Command::Off => "hat off",
        Command::Queue => "hat queue",
        Command::Dequeue => "hat dequeue",
        Command::Pool => "hat pool",
        Command::Unpool => "hat unpool",
        Command::ForceOff => "hat force off",
    }
}

/// As the original's tables are shown.
fn state(data: &Value) -> String {
    let names = |value: &Value| value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    let wearers: Vec<String> = data["holder"].as_str().map(str::to_owned).into_iter().chain(names(&data["crew"])).collect();
    format!("{} | {}", wearers.join("+"), names(&data["queue"]).join(" ")).trim().to_owned()
}
