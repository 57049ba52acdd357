//! Process limits: no core dumps with tokens in them, and as many descriptors as the system lets this process have.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;

/// Descriptors that no listener takes: connections to Slack, requests of plugins, the ledger, the plugin folder, compilers.
const RESERVED: usize = 256;

/// With fewer the listeners have to do with less than they are configured for.
pub const ENOUGH_DESCRIPTORS: usize = 4096;

/// Writes no core dump of this process, and lets nobody else of the same user look into its memory: tokens are in it.
///
/// # Errors
///
/// The system does not allow it.
#[cfg(unix)]
pub fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Raises the limit on open descriptors as far as the system allows.
#[cfg(unix)]
pub fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(why) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%why, "the limit on open descriptors cannot be raised");
    }
}

/// How many descriptors this process may have open now.
#[cfg(unix)]
pub fn descriptors() -> usize {
    bounded(getrlimit(Resource::Nofile).current)
}

/// How many a process of this user may have open after [`raise_descriptor_limit`].
#[cfg(unix)]
pub fn most_descriptors() -> usize {
    bounded(getrlimit(Resource::Nofile).maximum)
}

#[cfg(unix)]
fn bounded(limit: Option<u64>) -> usize {
    limit.and_then(|limit| limit.try_into().ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
pub fn forbid_core_dumps() -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub fn raise_descriptor_limit() {}

#[cfg(not(unix))]
pub fn descriptors() -> usize {
    usize::MAX
}

#[cfg(not(unix))]
pub fn most_descriptors() -> usize {
    usize::MAX
}

/// How many connections one of the two listeners may hold open, so that both together leave enough for everything else.
pub fn descriptors_per_listener() -> usize {
    share(descriptors())
}

fn share(descriptors: usize) -> usize {
    (descriptors.saturating_sub(RESERVED) / 2).max(descriptors / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_leave_descriptors_for_everything_else() {
        for descriptors in [16, 64, 256, 300, 1024, 1 << 20] {
            let left = descriptors - 2 * share(descriptors);
            assert!(share(descriptors) > 0 && left >= RESERVED.min(descriptors * 3 / 4), "{descriptors}: {left}");
        }
        assert_eq!(share(1024), 384);
    }
}
