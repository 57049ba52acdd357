//! Plugins that come and change, and hosts that start.

use crate::invocations::runtime;
use crate::plugins::Built;
use crate::report;
use crate::stand::{Home, Stand};
use hatstand::model::WorkspaceId;
use std::time::{Duration, Instant};

const SWAPS: usize = 30;
const STARTS: usize = 15;

/// From the rename into the folder to the first answer of the new build.
pub fn swap(plugins: &Built) {
    let mut uncached = measure_swaps(plugins, false);
    report("swap, rename to first answer of the new build, not cached", &mut uncached, "1 s");
    let mut cached = measure_swaps(plugins, true);
    report("swap, rename to first answer of the new build, cached", &mut cached, "0.1 s");
}

fn measure_swaps(plugins: &Built, cached: bool) -> Vec<Duration> {
    let home = Home::new();
    home.put("counter", &plugins.counter(0));
    runtime().block_on(async {
        let mut stand = Stand::start(&home, 1, cached).await;
        let workspace = WorkspaceId::from("w0");
        if cached {
            // The cache has seen every build once.
            for build in 1..=SWAPS {
                put_and_answer(&home, &mut stand, &workspace, &plugins.counter_again(0, build)).await;
            }
        }
        let mut samples = Vec::with_capacity(SWAPS);
        for build in 1..=SWAPS {
            samples.push(put_and_answer(&home, &mut stand, &workspace, &plugins.counter_again(0, build)).await);
        }
        stand.host.stop().await;
        samples
    })
}

async fn put_and_answer(home: &Home, stand: &mut Stand, workspace: &WorkspaceId, wasm: &[u8]) -> Duration {
    let mut news = stand.host.plugins.news();
    let began = Instant::now();
    home.put("counter", wasm);
    news.recv().await.expect("it is noticed");
    stand.say(workspace, "counter00").await;
    stand.handed.recv().await.expect("an answer").at - began
}

/// From nothing to ready to hear.
pub fn start(plugins: &Built) {
    let home = Home::new();
    for number in 0..5 {
        home.put(&format!("counter{number}"), &plugins.counter(number));
    }
    let mut uncached = measure_starts(&home, false);
    report("start to ready with 5 plugins, not cached", &mut uncached, "none");
    measure_starts(&home, true);
    let mut cached = measure_starts(&home, true);
    report("start to ready with 5 plugins, cached", &mut cached, "0.3 s");
}

fn measure_starts(home: &Home, cached: bool) -> Vec<Duration> {
    let starts = (0..STARTS).map(|_| {
        let began = Instant::now();
        let runtime = runtime();
        runtime.block_on(async {
            let stand = Stand::start(home, 1, cached).await;
            let took = began.elapsed();
            stand.host.stop().await;
            took
        })
    });
    starts.collect()
}
