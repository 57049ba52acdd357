//! How much memory this process has resident, as the kernel says.

use std::fs;

/// Bytes now.
pub fn resident() -> usize {
    figure("VmRSS:")
}

/// The most that it has been since the last time this was asked anew.
pub fn peak() -> usize {
    figure("VmHWM:")
}

/// From here on a new peak is looked for.
pub fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("the kernel takes it");
}

fn figure(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("the kernel says it");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it is in there");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}
