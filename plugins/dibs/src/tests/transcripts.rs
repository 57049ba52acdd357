//! The transcripts of dibs, natively. The same files run against the component on the real host.

use crate::Dibs;
use hatstand_plugin::testing::transcript;

macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            transcript::<Dibs>(concat!("../../tests/transcripts/dibs/", stringify!($name), ".txt"));
        }
    )*};
}

transcripts!(
    capacity, down, groups, limits, nag, names, off, offer, on, order, pages, programs, races, remove, roster, scope, settings, steal,
    timers, views, watch
);
