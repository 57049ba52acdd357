//! Several bots at the same time, each with a Slack of its own: for campaigns that spend their time waiting.

use std::panic;
use std::thread;

/// What each came to, in the order of their numbers.
pub fn abreast<T: Send>(bots: u64, endure: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let endure = &endure;
    thread::scope(|scope| {
        let bots: Vec<_> = (0..bots).map(|number| scope.spawn(move || endure(number))).collect();
        bots.into_iter().map(|bot| bot.join().unwrap_or_else(|why| panic::resume_unwind(why))).collect()
    })
}
