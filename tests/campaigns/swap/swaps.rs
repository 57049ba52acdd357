//! Commands at a steady pace: first without swaps, then with one after another, each of a build that was never compiled before.

use crate::figure::{Figures, quantile};
use crate::judge::{Build, Faults, first_answers, greeting, judge, rows};
use crate::load::{PACE, Traffic, WORKSPACES};
use crate::size::Size;
use crate::stand::{Home, Stand};
use crate::support::{FOR_EVER, bytes, noted, standard};
use hatstand::plugins::{Digest, News};
use std::fs;
use std::time::{Duration, Instant};

/// Between one build that is live and the next that is put there.
const BREATH: Duration = Duration::from_millis(100);

/// A plugin that is swapped.
struct Subject {
    name: &'static str,
    /// What it is asked all the time.
    command: &'static str,
    wasm: Vec<u8>,
    /// Reads the number in its answers, if it counts.
    count: Option<fn(&str) -> u64>,
    /// From the rename to the first answer of the new build, in the median.
    first_answer: Duration,
}

/// A small plugin, which counts.
pub fn small(size: Size) {
    let (wasm, count, first_answer) = (bytes("greeter"), Some(greeting as fn(&str) -> u64), Duration::from_millis(100));
    let greeter = Subject { name: "greeter", command: "greet", wasm, count, first_answer };
    under_load(&greeter, size.of(20, 1_000), size);
}

/// The largest that comes with the bot.
pub fn large(size: Size) {
    let wasm = fs::read(&standard()["dibs"]).expect("it was built");
    let dibs = Subject { name: "dibs", command: "dibs q", wasm, count: None, first_answer: Duration::from_millis(500) };
    under_load(&dibs, size.of(5, 100), size);
}

fn under_load(subject: &Subject, swaps: usize, size: Size) {
    let calm = Duration::from_secs(size.of(3, 60));
    let figures = Figures::of(subject.name, format!("{swaps} swaps at {PACE} commands a second, {}", size.of("small", "full")));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let home = Home::new();
        let mut builds = vec![put(&home, subject, 0)];
        // Nothing is cached that is not compiled here.
        let mut stand = Stand::start(&home, WORKSPACES, true).await;
        let (before, ()) = Traffic::during(&mut stand, subject.command, tokio::time::sleep(calm)).await;
        let news = stand.host.plugins.news();
        let (during, more) = Traffic::during(&mut stand, subject.command, swap(&home, subject, swaps, news)).await;
        builds.extend(more);
        let rows = rows(&*stand.host.ledger, subject.name).await;

        for (when, traffic) in [("without swaps", &before), ("with swaps", &during)] {
            let faults = judge(traffic, &rows, &builds, subject.count);
            figures.show(&format!("commands {when}"), traffic.given.len());
            let Faults { lost, doubled, retired, miscounted } = faults;
            figures.at_most(&format!("lost {when}"), lost, 0);
            figures.at_most(&format!("doubled {when}"), doubled + miscounted, 0);
            figures.at_most(&format!("answered by a build that was replaced, {when}"), retired, 0);
        }
        let (mut calm, mut swapped) = (before.waits(), during.waits());
        figures.show("answered without swaps: median, p99", (quantile(&mut calm, 0.5), quantile(&mut calm, 0.99)));
        figures.show("answered with swaps: median, p99", (quantile(&mut swapped, 0.5), quantile(&mut swapped, 0.99)));
        let added = quantile(&mut swapped, 0.99).saturating_sub(quantile(&mut calm, 0.99));
        figures.at_most("added to the p99 by the swaps", added, size.of(FOR_EVER, Duration::from_millis(50)));

        let mut first = first_answers(&during, &rows, &builds[1..]);
        assert_eq!(first.len(), swaps, "each build has answered something");
        figures.show(
            "rename to first answer of the new build, not cached: median, p99",
            (quantile(&mut first, 0.5), quantile(&mut first, 0.99)),
        );
        let within = first.iter().filter(|took| **took <= subject.first_answer).count();
        figures.show(&format!("of them within {:?}", subject.first_answer), within);
        figures.at_most("the same, median", quantile(&mut first, 0.5), size.of(FOR_EVER, subject.first_answer));
        stand.host.stop().await;
    });
}

/// Puts one build after another there, each when the one before is live and has had time to answer.
async fn swap(home: &Home, subject: &Subject, swaps: usize, mut news: tokio::sync::broadcast::Receiver<News>) -> Vec<Build> {
    let mut builds = Vec::new();
    for number in 1..=swaps {
        let build = put(home, subject, number);
        let told = tokio::time::timeout(FOR_EVER, news.recv()).await.expect("it is looked at").expect("the bot is there");
        let News::Live { generation, .. } = told else { panic!("{told:?}") };
        assert_eq!(generation.digest.short(), build.digest);
        builds.push(build);
        tokio::time::sleep(BREATH).await;
    }
    builds
}

fn put(home: &Home, subject: &Subject, number: usize) -> Build {
    let wasm = noted(subject.wasm.clone(), &format!("build {number}"));
    let digest = Digest::of(&wasm).short().to_owned();
    let renamed = Instant::now();
    home.put(subject.name, &wasm);
    Build { digest, renamed }
}
