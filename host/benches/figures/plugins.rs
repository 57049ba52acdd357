//! The plugin that is measured with: a counter, in as many copies as are needed.

use hatstand::builder;
use std::fs;
use std::path::Path;

/// The name that the counter has, everywhere in its component.
const NAME: &str = "counter00";

pub struct Built {
    counter: Vec<u8>,
}

impl Built {
    pub fn now() -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the host is in a workspace");
        let target = builder::default_target(workspace);
        let built = builder::build(&workspace.join("tests/plugins"), &target).expect("the plugins build");
        let counter = built.into_iter().find(|built| built.package == "counter").expect("tests/plugins has a counter");
        Self { counter: fs::read(counter.wasm).expect("it was built") }
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
