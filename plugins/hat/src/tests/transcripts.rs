//! The transcripts of the hat, natively. The same files run against the component on the real host.

use crate::Hat;
use hatstand_plugin::testing::transcript;

macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            transcript::<Hat>(concat!("../../tests/transcripts/hat/", stringify!($name), ".txt"));
        }
    )*};
}

transcripts!(classic, down, force, grants, limits, nag, numbers, off, offer, on, order, pool, queue, scope, time, tips);
