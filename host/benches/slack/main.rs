//! The figures of the connection to Slack: the released binary in a process of its own, against the double in this one, on the same
//! processors. Rate limits are lifted on both sides.
//!
//! `cargo bench --bench slack` prints them, each beside the disk's flush time measured at the same moment.

#[path = "../figures/disk.rs"]
mod disk;
mod load;
#[path = "../figures/measure.rs"]
mod measure;
#[path = "../figures/plugins.rs"]
#[expect(dead_code, reason = "each benchmark uses its part")]
mod plugins;
mod process;
mod team;

use load::Load;
use measure::{cores, quantile, shown};
use process::Bot;
use team::Team;

/// How many workspaces the app is installed in, where several are served at once.
const WORKSPACES: usize = 16;

#[tokio::main]
async fn main() {
    let built = plugins::Built::now();
    println!("machine: {} cores, shared with the double; one flush of this disk: {}", cores(), shown(disk::flush_time()));
    alone(&built).await;
    for workspaces in [1, WORKSPACES] {
        many(&built, workspaces, "stateless", "counter00 echo").await;
        many(&built, workspaces, "durable", "counter00").await;
    }
    other_lines(&built).await;
    starts(&built).await;
    memory(&built).await;
}

/// From a mention to the posted reply, one at a time.
async fn alone(built: &plugins::Built) {
    let team = Team::found(1).await;
    let bot = Bot::start(&team, built, 1).await;
    let mut load = Load::new(&team);
    load.many("counter00", 1, 200).await;
    let mut samples = load.alone("counter00", 2_000).await;
    println!(
        "mention to posted reply, durable, one at a time: p50 {}, p99 {} (flush {}; aim: 1 ms and a flush)",
        shown(quantile(&mut samples, 0.5)),
        shown(quantile(&mut samples, 0.99)),
        shown(disk::flush_time())
    );
    bot.stop().await;
}

/// Replies a second with 64 mentions in flight, and what each costs the host.
async fn many(built: &plugins::Built, workspaces: usize, kind: &str, command: &str) {
    let team = Team::found(workspaces).await;
    let bot = Bot::start(&team, built, 1).await;
    let mut load = Load::new(&team);
    load.many(command, 64, 2_000).await;
    let before = bot.processor_time();
    let count = 20_000;
    let took = load.many(command, 64, count).await;
    let each = (bot.processor_time() - before) / u32::try_from(count).expect("it fits");
    println!(
        "{kind}, 64 in flight, {workspaces} workspace(s): {:.0} replies a second, {} µs of the host's processor time each (flush {}; aim: 10,000 and 120 µs)",
        f64::from(u32::try_from(count).expect("it fits")) / took.as_secs_f64(),
        each.as_micros(),
        shown(disk::flush_time())
    );
    bot.stop().await;
}

/// What a line costs that is no command.
async fn other_lines(built: &plugins::Built) {
    let team = Team::found(1).await;
    let bot = Bot::start(&team, built, 1).await;
    let load = Load::new(&team);
    load.lines(2_000).await;
    let before = bot.processor_time();
    let count = 20_000;
    let took = load.lines(count).await;
    let each = (bot.processor_time() - before) / u32::try_from(count).expect("it fits");
    println!(
        "lines that are no command: {} µs of the host's processor time each, {:.0} a second (aim: 80 µs)",
        each.as_micros(),
        f64::from(u32::try_from(count).expect("it fits")) / took.as_secs_f64()
    );
    bot.stop().await;
}

/// From the start of the process to the first reply, with compiled plugins in the cache.
async fn starts(built: &plugins::Built) {
    let team = Team::found(1).await;
    let bot = Bot::start(&team, built, 5).await;
    let home = bot.stop().await;
    let mut samples = Vec::new();
    for _ in 0..20 {
        let mut load = Load::new(&team);
        let began = std::time::Instant::now();
        load.say("counter00");
        let bot = Bot::start_in(&team, home.clone()).await;
        load.reply().await;
        samples.push(began.elapsed());
        bot.stop().await;
    }
    println!(
        "start of the process to the first reply, cached, 5 plugins: p50 {}, p99 {} (aim: 100 ms)",
        shown(quantile(&mut samples, 0.5)),
        shown(quantile(&mut samples, 0.99))
    );
}

/// Resident memory: idle, and for channels in which something was said.
async fn memory(built: &plugins::Built) {
    let team = Team::found(1).await;
    let bot = Bot::start(&team, built, 5).await;
    let home = bot.stop().await;
    let bot = Bot::start_in(&team, home).await;
    let idle = bot.resident();
    println!("resident memory, idle, 5 plugins from the cache: {:.1} MiB (aim: 40 MiB)", mebibytes(idle));
    let mut load = Load::new(&team);
    load.many("counter00", 64, 5_000).await;
    let before = bot.resident();
    let mut load = Load::over(&team, 2_000);
    load.many("counter00", 64, 6_000).await;
    let after = bot.resident();
    println!("resident memory for 1,000 channels more: {:.2} MiB", mebibytes(after.saturating_sub(before)) / 2.0);
    bot.stop().await;
}

#[expect(clippy::cast_precision_loss, reason = "a figure to print")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
