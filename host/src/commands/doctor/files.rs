//! Doctor's check of open files: may the bot open enough for connections, plugins and the ledger?

use crate::process;
use crate::setup::Finding;

const AREA: &str = "files";

/// The limit is that of whoever runs the doctor.
pub fn finding() -> Finding {
    judged(process::most_descriptors())
}

fn judged(most: usize) -> Finding {
    if most >= process::ENOUGH_DESCRIPTORS {
        return Finding::ok(AREA, format!("{most} can be open at a time"));
    }
    let fix = "raise the hard limit of the bot's account: LimitNOFILE= for systemd, or nofile in /etc/security/limits.conf";
    Finding::warning(AREA, format!("only {most} can be open at a time, so API and webhooks serve few connections"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Mark;

    #[test]
    fn a_low_limit_is_warned_of() {
        assert_eq!((judged(1024).mark, judged(524_288).mark), (Mark::Warning, Mark::Ok));
    }
}
