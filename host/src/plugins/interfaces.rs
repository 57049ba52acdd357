//! The interfaces of the contract, with the functions that a plugin can call there: what `wit/` says, so that a plugin for a later
//! contract can be told what it needs and this host lacks. Whether the host serves them is said by the capabilities.

/// The interfaces with functions, in the order of the world.
pub const INTERFACES: [Interface; 11] = [
    Interface { name: "store", functions: &["get", "set", "delete", "scan"] },
    Interface { name: "chat", functions: &["post", "whisper", "direct", "edit", "react", "open-form"] },
    Interface { name: "timers", functions: &["set", "cancel"] },
    Interface { name: "questions", functions: &["ask", "withdraw"] },
    Interface { name: "calls", functions: &["open", "answer"] },
    Interface { name: "http", functions: &["send"] },
    Interface { name: "queue", functions: &["publish"] },
    Interface { name: "directory", functions: &["person", "channel", "zone-offset"] },
    Interface { name: "rights", functions: &["check", "filter"] },
    Interface { name: "settings", functions: &["get"] },
    Interface { name: "log", functions: &["write", "about"] },
];

/// The interfaces that hold types only.
pub const TYPES: [&str; 3] = ["types", "events", "description"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: &'static str,
    pub functions: &'static [&'static str],
}

/// The interface of this name, if the contract has it and it has functions.
pub fn interface(name: &str) -> Option<Interface> {
    INTERFACES.into_iter().find(|interface| interface.name == name)
}
