//! What every figure needs: the machine, quantiles, and how a time is printed.

use std::time::Duration;

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The value below which this part of the samples lies.
pub fn quantile(samples: &mut [Duration], part: f64) -> Duration {
    samples.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index among few samples")]
    let index = ((samples.len() - 1) as f64 * part).round() as usize;
    samples[index]
}

pub fn shown(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1_000.0)
}
