//! The transcripts of notify, natively. The same files run against the component on the real host.

use crate::Notify;
use hatstand_plugin::testing::transcript;

macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            transcript::<Notify>(concat!("../../tests/transcripts/notify/", stringify!($name), ".txt"));
        }
    )*};
}

transcripts!(digest, mute, recent, subscribe);
