//! Plugins that use too much of something: each is ended, its user told, and nothing of it is left; the others do not notice.

use crate::figure::Figures;
use crate::house::{HERE, House, Manners};
use crate::memory;
use crate::size::Size;
use hatstand::plugins::limits::{Limits, MIB};
use std::time::{Duration, Instant};

/// What there is too much of, and how it ends. Where the contract has an error for it, the plugin gives up by itself.
const BOMBS: [(&str, &str); 11] = [
    ("loop", "too-slow"),
    ("print", "too-slow"),
    ("memory", "too-big"),
    ("stack", "too-deep"),
    ("calls", "too-busy"),
    ("heavy", "too-heavy"),
    ("moved", "too-much-moved"),
    ("handles", "too-many-handles"),
    ("messages", "broken"),
    ("text", "broken"),
    ("written", "broken"),
];

/// How much longer than its computing time an invocation may last, on a machine that does something else, too.
const LATE: Duration = Duration::from_secs(2);

pub fn run(size: Size) {
    let each = size.of(3, 1_000);
    let figures = Figures::of("bombs", format!("{each} of each of {} kinds", BOMBS.len()));
    // A thousand seconds of endless loops teach no more than a hundred.
    let limits = Limits { time: size.of(Duration::from_secs(1), Duration::from_millis(100)), ..Limits::default() };
    let mut house = House::open(&["bomber", "greeter"], &Manners { limits, granted: true, ..Manners::default() });
    assert_eq!(house.ask(HERE, "bomb remember umbrella").outcome, "ok");
    let mut greetings = 0;
    for (bomb, outcome) in BOMBS {
        let (began, mut worst) = (Instant::now(), Duration::ZERO);
        memory::forget_peak();
        let before = memory::resident();
        for _ in 0..each {
            let answer = house.ask(HERE, &format!("bomb {bomb}"));
            assert_eq!(answer.outcome, outcome, "{bomb}: {}", answer.detail);
            assert!(answer.text().contains("Nothing was changed."), "{bomb}: {:?}", answer.text());
            assert_eq!(answer.said.len(), 1, "{bomb}: {:?}", answer.text());
            worst = worst.max(answer.took);
        }
        figures.show(&format!("{bomb}: ended as `{outcome}`"), each);
        figures.at_most(&format!("{bomb}: the slowest end"), worst, limits.time + LATE);
        let risen = memory::peak().saturating_sub(before) / MIB;
        figures.at_most(&format!("{bomb}: MiB that the host grew by"), risen, limits.memory / MIB + 8);
        figures.show(&format!("{bomb}: all of them"), began.elapsed());
        greetings += 1;
        assert_eq!(house.ask(HERE, "greet").text(), format!("Hello , greeting {greetings} from greeter 0.1.0."));
        assert_eq!(house.ask(HERE, "bomb recall").text(), "You told me umbrella.");
    }
    house.close();
}
