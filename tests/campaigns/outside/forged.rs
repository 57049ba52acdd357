//! Webhooks that are not from whom they say, in every way of signing: none is let in.

use crate::figure::Figures;
use crate::size::Size;
use crate::wired::{PLUGIN, SENDERS, Sender, Wired};
use jiff::Timestamp;
use provider_double::Delivery;
use provider_double::forge::{Seal, forge};
use serde_json::json;
use std::collections::BTreeMap;

pub fn run(size: Size) {
    let each = size.of(120, 1_700);
    let mut wired = Wired::open();
    let mut statuses = BTreeMap::<u16, usize>::new();
    for (number, sender) in SENDERS.iter().enumerate() {
        let (now, good) = (Timestamp::now(), good(sender));
        let seal = Seal { signature: sender.signature, secret: sender.secret, now };
        for forgery in forge(&good, &seal, number as u64).take(each) {
            let status = wired.deliver(&forgery.delivery, sender);
            assert!((400..500).contains(&status), "{}: {:?} was answered {status}: {forgery:?}", sender.hook, forgery.flaw);
            *statuses.entry(status).or_default() += 1;
        }
        assert_eq!(wired.deliver(&good, sender), 202, "{}: the good one is let in, or nothing is shown", sender.hook);
    }
    let figures = Figures::of("forged", format!("{} forgeries in {} ways of signing", each * SENDERS.len(), SENDERS.len()));
    figures.show("answers", &statuses);
    figures.at_most("forgeries that had an effect", wired.effects() - SENDERS.len(), 0);
}

pub fn good(sender: &Sender) -> Delivery {
    let body = json!({ "id": 1, "state": "success", "url": "https://ci.outside/1" }).to_string().into_bytes();
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    headers.extend(sender.signature.headers(sender.secret, "msg-1", Timestamp::now(), &body));
    Delivery { headers, body }
}

impl Wired {
    /// The status with which it is answered.
    fn deliver(&self, delivery: &Delivery, sender: &Sender) -> u16 {
        self.outside.deliver(delivery, self.hooks(), PLUGIN, sender.hook).unwrap_or_else(|why| panic!("{}: {why}", sender.hook))
    }
}
