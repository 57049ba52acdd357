//! The plugins that are measured with: a counter, in as many copies as are needed, and those that come with the bot.

use hatstand::builder;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The name that the counter has, everywhere in its component.
const NAME: &str = "counter00";

pub struct Built {
    counter: Vec<u8>,
    /// Says what webhooks bring.
    messenger: Vec<u8>,
    /// Those that come with the bot, by name.
    standard: BTreeMap<String, Vec<u8>>,
}

impl Built {
    pub fn now() -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the host is in a workspace");
        let target = builder::default_target(workspace);
        let built = builder::build(&workspace.join("tests/plugins"), &target).expect("the plugins build");
        let fixture = |name: &str| built.iter().find(|built| built.package == name).expect("it is in tests/plugins").wasm.clone();
        let standard = builder::build(workspace, &target).expect("the plugins build");
        let read = |wasm| fs::read(wasm).expect("it was built");
        let (counter, messenger) = (read(fixture("counter")), read(fixture("messenger")));
        Self { counter, messenger, standard: standard.into_iter().map(|built| (built.package, read(built.wasm))).collect() }
    }

    /// One of those that come with the bot.
    pub fn standard(&self, name: &str) -> &[u8] {
        &self.standard[name]
    }

    pub fn messenger(&self) -> &[u8] {
        &self.messenger
    }

    /// The counter under the name `counterNN`, with the command of the same name.
    pub fn counter(&self, number: usize) -> Vec<u8> {
        replaced(&self.counter, NAME, &format!("counter{number:02}"))
    }

    /// The same, as another build of the same version.
    pub fn counter_again(&self, number: usize, build: usize) -> Vec<u8> {
        replaced(&self.counter(number), "build 00000", &format!("build {build:05}"))
    }
}

/// The bytes with one text in the place of another of the same length.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let found: Vec<usize> =
        bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from.as_bytes()).map(|(at, _)| at).collect();
    assert!(!found.is_empty(), "`{from}` is in the component");
    for at in found {
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}
