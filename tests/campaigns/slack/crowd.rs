//! Slack says that the app has too many connections, because somebody else holds them all.

use crate::figure::Figures;
use crate::scene::{Manners, Scene};
use crate::size::Size;
use hatstand::adapters::slack::socket::{self, Socket};
use hatstand::adapters::slack::times::Times;
use hatstand::adapters::slack::web::Web;
use slack_double::{Settings, SocketId};
use std::time::Duration;

/// How many connections the bot wants, and how many Slack allows.
const PLACES: usize = 2;

/// How many connections the bot may try to open within three times the first pause: 30 s with the times of the released bot.
const OPENS: u64 = 6;

pub fn run(size: Size) {
    let times = size.of(Times { crowded: Duration::from_millis(400), ..Times::default() }, Times::default());
    let watched = times.crowded * 3;
    let figures = Figures::of("crowd", format!("{PLACES} connections wanted, none left, for {watched:?}"));
    let setup = Settings { connections_per_app: PLACES, ..Settings::default() };
    let mut scene = Scene::empty(setup, Manners { connections: PLACES, times: times.clone(), ..Manners::default() }, &[]);
    let others = others(&scene, &times);
    let theirs: Vec<SocketId> = scene.open_sockets().iter().map(|socket| socket.id).collect();
    let before = scene.double.opens(&scene.home.app);
    scene.enter();
    scene.pass(watched);
    figures.at_most("connections that the bot tried to open", scene.double.opens(&scene.home.app) - before, OPENS);
    let left = scene.double.now();
    drop(others);
    scene.until("connections of the bot", |_| (connected(&scene, &theirs) == PLACES).then_some(()));
    // The next pause may have begun just before.
    figures.at_most("until the bot was connected after there was room", scene.double.now() - left, times.crowded * 10);
}

/// How many connections are not theirs.
fn connected(scene: &Scene, theirs: &[SocketId]) -> usize {
    scene.open_sockets().iter().filter(|socket| !theirs.contains(&socket.id)).count()
}

/// Somebody else with the same app token. Nobody reads these connections, so they last for as long as they are held.
fn others(scene: &Scene, times: &Times) -> Vec<Socket> {
    scene.runtime().block_on(async {
        let web = Web::new(&scene.double.api_url()).expect("a client");
        let mut sockets = Vec::new();
        for _ in 0..PLACES {
            sockets.push(socket::open(&web, &scene.app_token(), times).await.expect("there is room"));
        }
        sockets
    })
}
