//! Nothing is acknowledged that is not flushed: whoever looks over the disk and the acknowledgements ends the process if it is.

use crate::figure::Figures;
use crate::history::{acknowledged, victim};
use crate::shim::Shim;
use crate::size::Size;
use tempfile::TempDir;

pub fn run(size: Size) {
    let steps = size.of(500, 50_000);
    let figures = Figures::of("disk/flushes", format!("{} commits", 2 * steps));
    let folder = TempDir::new().expect("a folder");
    let shim = Shim::over(&folder.path().join("data"), &folder.path().join("shim"));
    let mut command = victim(&shim.folder.join("hatstand.db"), steps);
    shim.apply(&mut command);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{} {}", output.status, String::from_utf8_lossy(&output.stderr));
    assert_eq!(acknowledged(&output.stdout, 0), steps);
    figures.show("acknowledged with bytes that were not flushed", 0);
}
