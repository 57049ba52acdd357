//! Plugins that look for a way out: none finds one.

use crate::figure::Figures;
use crate::house::{HERE, House, Manners};
use crate::size::Size;
use crate::support::bytes;
use hatstand::model::{How, Later, PluginName, WorkspaceId};
use wasm_encoder::{ComponentImportSection, ComponentSection, ComponentTypeRef};

/// What a plugin could ask for by itself, and none may.
const IMPORTS: [&str; 12] = [
    "wasi:filesystem/types@0.2.6",
    "wasi:filesystem/preopens@0.2.6",
    "wasi:sockets/tcp@0.2.6",
    "wasi:sockets/udp@0.2.6",
    "wasi:sockets/network@0.2.6",
    "wasi:sockets/instance-network@0.2.6",
    "wasi:sockets/ip-name-lookup@0.2.6",
    "wasi:http/types@0.2.6",
    "wasi:http/outgoing-handler@0.2.6",
    "wasi:keyvalue/store@0.2.0",
    "wasi:config/runtime@0.2.0",
    "acme:host/exec@1.0.0",
];

pub fn run(size: Size) {
    let rounds = size.of(3, 1_000);
    let figures = Figures::of("escapes", format!("{rounds} rounds"));
    let mut house = House::open(&["greeter", "prisoner"], &Manners::default());
    for import in IMPORTS {
        let news = house.put("prisoner-next.wasm", &importing(&bytes("prisoner"), import));
        assert!(news.contains(import), "{import}: {news}");
        assert!(!news.contains("is live"), "{import}: {news}");
        house.remove("prisoner-next.wasm");
    }
    figures.show("interfaces that were asked for and refused", IMPORTS.len());
    let theirs = greeted(&mut house, "w1");
    let mine = greeted(&mut house, HERE);
    for _ in 0..rounds {
        for message in [&theirs, &mine] {
            let flight = house.ask(HERE, "flee");
            assert_eq!(flight.text(), "open: ", "{}", flight.detail);
            let reached = house.ask(HERE, &format!("reach for {message} in ops of bob"));
            assert_eq!(reached.text(), "open: ", "{}", reached.detail);
            assert!(
                reached
                    .said
                    .iter()
                    .all(|said| said.workspace.0 == HERE && said.say.how.place().is_some_and(|place| place.channel.0 == "dev"))
            );
            assert!(!reached.said.iter().any(|said| matches!(said.say.how, How::Edit { .. } | How::Direct { .. })));
        }
    }
    for workspace in ["w1", HERE] {
        let timers =
            house.runtime.block_on(house.host.ledger.count(&WorkspaceId::from(workspace), &PluginName::from("greeter"), Later::Timer));
        assert_eq!(timers.expect("it can be read"), 1, "what the greeter wants to do later stands");
        assert_eq!(house.ask(workspace, "greetings").text(), ": 1", "what the greeter keeps stands");
    }
    figures.at_most("ways out that were found", 0, 0);
    house.close();
}

/// The greeter has kept something, has said something, and wants to do something later. Gives the name of what it said.
fn greeted(house: &mut House, workspace: &str) -> String {
    assert_eq!(house.ask(workspace, "greet in 1h with Hello!").outcome, "ok");
    house.ask(workspace, "greet").said[0].say.id.0.clone()
}

/// The component as one that asks for this, too.
fn importing(component: &[u8], name: &str) -> Vec<u8> {
    let mut imports = ComponentImportSection::new();
    imports.import(name, ComponentTypeRef::Instance(0));
    let mut bytes = component.to_vec();
    imports.append_to_component(&mut bytes);
    bytes
}
