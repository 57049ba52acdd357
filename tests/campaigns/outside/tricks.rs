//! Addresses that look like something else, resolve to something else, or redirect to something else: not one connection is made to a machine
//! that the operator did not name.

use crate::figure::Figures;
use crate::size::Size;
use crate::target::Target;
use crate::wired::{PLUGIN, SERVICE, Wired};
use hatstand_common::transcript::Line;

/// `W` stands for the port that is watched, `G` for one that is granted.
const ADDRESSES: [&str; 62] = [
    // The loopback, by all its numbers.
    "http://127.0.0.1:W/",
    "http://127.1:W/",
    "http://127.0.1:W/",
    "http://2130706433:W/",
    "http://0x7f000001:W/",
    "http://0x7f.0.0.1:W/",
    "http://0x7F.0x0.0x0.0x1:W/",
    "http://0177.0.0.1:W/",
    "http://0177.0000.0000.0001:W/",
    "http://017700000001:W/",
    "http://127.0.0.1.:W/",
    "http://127.0.0.2:W/",
    "http://127.255.255.254:W/",
    "http://0:W/",
    "http://0.0.0.0:W/",
    "http://[::]:W/",
    "http://[::1]:W/",
    "http://[0:0:0:0:0:0:0:1]:W/",
    "http://[::ffff:127.0.0.1]:W/",
    "http://[::ffff:7f00:1]:W/",
    "http://[::127.0.0.1]:W/",
    "http://[::ffff:0:127.0.0.1]:W/",
    "http://[64:ff9b::7f00:1]:W/",
    "http://[2002:7f00:1::]:W/",
    // A name that is granted, but means a machine that is not everybody's.
    "http://localhost:W/",
    "http://LOCALHOST:W/",
    "http://localhost.:W/",
    "http://%6cocalhost:W/",
    "http://loc\u{ad}alhost:W/",
    "http://\u{ff4c}ocalhost:W/",
    "http://localhost%00.example.com:W/",
    "http://ip6-localhost:W/",
    // Figures of other alphabets, and dots of others.
    "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1:W/",
    "http://\u{2460}\u{2461}\u{2466}.\u{24ea}.\u{24ea}.\u{2460}:W/",
    "http://127\u{3002}0\u{3002}0\u{3002}1:W/",
    "http://%31%32%37%2e0.0.1:W/",
    // Users and fragments that pass for hosts.
    "http://user@127.0.0.1:W/",
    "http://127.0.0.1:G@127.0.0.1:W/",
    "http://127.0.0.1%3aG@127.0.0.1:W/",
    "http://127.0.0.1:W#@127.0.0.1:G/",
    "http://127.0.0.1:W?@127.0.0.1:G/",
    "http://127.0.0.1:W\\@127.0.0.1:G/",
    "http://127.0.0.1:G:W/",
    // Not quite an address.
    "http:\\\\127.0.0.1:W\\",
    "http:/127.0.0.1:W/",
    "http:127.0.0.1:W/",
    "//127.0.0.1:W/",
    "///127.0.0.1:W/",
    "127.0.0.1:W/",
    // Other ways to speak.
    "https://127.0.0.1:W/",
    "ftp://127.0.0.1:W/",
    "gopher://127.0.0.1:W/_hello",
    "dict://127.0.0.1:W/d",
    "ws://127.0.0.1:W/",
    "file:///etc/passwd",
    "data:text/plain,hello",
    "javascript:alert(1)",
    // Where clouds tell their secrets.
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://metadata.google.internal/",
    "http://100.100.100.200/",
    "http://[::ffff:a9fe:a9fe]/",
];

/// Granted by name and by number, but the operator did not say that they are private.
const WATCHED: [&str; 5] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:7f00:1]"];

/// Where a service that is granted sends on to.
const REDIRECTS: [&str; 12] = [
    "http://127.0.0.1:W/",
    "http://127.1:W/",
    "http://2130706433:W/",
    "http://[::1]:W/",
    "http://[::ffff:127.0.0.1]:W/",
    "http://localhost:W/",
    "//127.0.0.1:W/",
    "http://127.0.0.1:G@127.0.0.1:W/",
    "https://127.0.0.1:W/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:W/_",
    "http://169.254.169.254/latest/meta-data/",
];

pub fn run(_: Size) {
    let target = Target::open();
    let mut wired = Wired::open();
    let granted = wired.address();
    let watched = WATCHED.map(|host| format!("http:http://{host}:{}", target.port));
    wired.grant(&[&[format!("http:http://{granted}")], &watched[..]].concat());
    let of = |trick: &str| trick.replace('W', &target.port.to_string()).replace('G', &granted.port().to_string());

    for trick in ADDRESSES {
        fetch(&mut wired, &of(trick));
    }
    for trick in REDIRECTS {
        let line = format!("generic redirects to {} 1 time", of(trick));
        wired.outside.act(&line, None, PLUGIN).expect("it can be told");
        fetch(&mut wired, &format!("http://{granted}/jobs/1"));
    }

    let figures = Figures::of("tricks", format!("{} addresses, {} redirects", ADDRESSES.len(), REDIRECTS.len()));
    figures.at_most("connections to a machine that nobody granted", target.connections(), 0);
    let asked = wired.outside.requests(SERVICE).len();
    figures.show("requests to the service that is granted", asked);
    assert!(asked >= REDIRECTS.len(), "each redirect was met, or nothing is shown");
}

/// The person is told something, and never what is there.
#[track_caller]
fn fetch(wired: &mut Wired, address: &str) {
    let said = wired.bot.hears("jane", &format!("@hatstand fetch \"{address}\""));
    let words: Vec<&str> = said.iter().flat_map(Line::text).map(String::as_str).collect();
    let is_refused = |line: &&str| ["Fetched: ", "For this I need the grant", "I cannot: "].iter().any(|begin| line.starts_with(begin));
    assert!(!words.is_empty() && words.iter().all(is_refused), "{address}: {words:?}");
    assert!(words.iter().all(|line| !line.contains("Fetched: 200")), "{address}: {words:?}");
}
