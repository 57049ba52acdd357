//! The classic profile does what the original Hat Man does, with the documented differences.

use crate::hat_man::{Command, HatMan, commands};
use crate::room::*;
use proptest::prelude::*;
use turns::{Policy, Request};

fn request(room: &Room, command: Command) -> Option<Request> {
    Some(match command {
        Command::On => on(),
        Command::Off => off(),
        Command::Queue => queue(),
        Command::Dequeue => Request::Leave,
        Command::Pool => pool(),
        Command::Unpool => Request::LeaveCrew,
        Command::ForceOff => force_off(room.resource.holds.first()?.id),
    })
}

proptest! {
    #[test]
    fn classic_is_hat_man(commands in commands()) {
        let (mut room, mut hat_man) = (Room::new(Policy::classic()), HatMan::default());
        for (who, command) in commands {
            if let Some(request) = request(&room, command) {
                let _ = room.ask(who, request);
            }
            hat_man.hear(who, command);
            prop_assert_eq!(room.state(), hat_man.state());
        }
    }
}
