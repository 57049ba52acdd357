//! Is there room on the disk of the ledger?

use crate::backups::free;
use crate::config::Config;
use crate::setup::Finding;
use std::path::Path;

const AREA: &str = "disk";
const MIB: u64 = 1024 * 1024;

/// Below this the ledger may stop within hours.
const TOO_LITTLE: u64 = 100 * MIB;
const LITTLE: u64 = 1024 * MIB;

/// None where the system does not tell.
pub fn findings(config: &Config) -> Vec<Finding> {
    let folder = config.store.ledger.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    free(folder).map(judged).into_iter().collect()
}

fn judged(free: u64) -> Finding {
    let text = format!("{} MiB are free for the ledger", free / MIB);
    match free {
        ..TOO_LITTLE => Finding::failure(AREA, text, "make room, or move it with [store] ledger in the configuration"),
        TOO_LITTLE..LITTLE => Finding::warning(AREA, text, "make room before it grows"),
        _ => Finding::ok(AREA, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Mark;

    #[test]
    fn room_is_judged() {
        let mark = |free| judged(free).mark;
        assert_eq!((mark(0), mark(500 * MIB), mark(5000 * MIB)), (Mark::Failure, Mark::Warning, Mark::Ok));
    }
}
