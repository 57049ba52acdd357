//! How long the disk takes to flush.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

/// The median time to write a page and flush it, where the ledgers of these benchmarks are.
pub fn flush_time() -> Duration {
    let mut file = tempfile::tempfile().expect("a file");
    let mut samples: Vec<Duration> = (0..50).map(|_| flush(&mut file)).collect();
    super::quantile(&mut samples, 0.5)
}

fn flush(file: &mut File) -> Duration {
    let began = Instant::now();
    file.write_all(&[7; 4096]).expect("written");
    file.sync_data().expect("flushed");
    began.elapsed()
}
