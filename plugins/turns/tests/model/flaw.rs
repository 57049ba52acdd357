//! What a bot may get wrong.

/// A mistake in the model. The properties have to notice each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Does not look whether it knows an event already.
    ForgetsRepeats,
    /// Does not look whether the hold that a timer is about still stands: it ends the one that stands now.
    TrustsTimers,
    /// Does not look whether something is out already before it says it again.
    RepeatsUnasked,
    /// Tells the service that it has an event while that is only in memory.
    AcknowledgesEarly,
}
