//! The figures of a campaign: each is printed beside its limit.

use std::fmt::{Debug, Display};
use std::time::Duration;

/// The figures of a campaign of one size.
#[derive(Clone, Debug)]
pub struct Figures {
    campaign: &'static str,
    size: String,
}

impl Figures {
    /// Of a campaign; `size` says in words how large it is.
    pub fn of(campaign: &'static str, size: impl Display) -> Self {
        Self { campaign, size: size.to_string() }
    }

    /// A figure that is worth knowing, without a limit.
    pub fn show(&self, what: &str, figure: impl Debug) {
        self.line(what, &format!("{figure:.1?}"));
    }

    /// Prints the figure, and only then fails if it is above its limit.
    #[track_caller]
    pub fn at_most<T: Copy + Debug + PartialOrd>(&self, what: &str, figure: T, limit: T) {
        self.line(what, &format!("{figure:.1?} (at most {limit:.1?})"));
        assert!(figure <= limit, "{}: {what}: {figure:?} is more than {limit:?}", self.campaign);
    }

    fn line(&self, what: &str, figure: &str) {
        println!("{}: {what}: {figure}; {}", self.campaign, self.size);
    }
}

/// The value that this part of the samples does not exceed, as `0.9999` of them.
pub fn quantile(samples: &mut [Duration], part: f64) -> Duration {
    samples.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index among samples")]
    let index = ((samples.len() as f64 * part).ceil() as usize).saturating_sub(1);
    samples[index]
}
