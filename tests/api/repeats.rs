//! The same request, twice.

use crate::client::Request;
use crate::desk::Desk;
use std::thread;
use std::time::Duration;

#[test]
fn a_request_with_its_key_takes_effect_once() {
    let mut desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["greet"]);
    let request = Request::line(&token, "greet").key("deploy-42");
    let first = desk.send(&request);
    assert_eq!(first.status, 200);
    let repeated = |desk: &Desk| assert_eq!(desk.send(&request).json(), first.json());
    repeated(&desk);
    // Quotes do not belong to the key, and waiting not to the request.
    let quoted = Request::line(&token, "greet").with("wait", "1s").key("\"deploy-42\"");
    assert_eq!(desk.send(&quoted).json(), first.json());
    desk.restarts(Duration::ZERO);
    repeated(&desk);
    // What came of it is told even if nobody could give it any more.
    desk.bot.remove("greeter.wasm");
    desk.bot.looks();
    repeated(&desk);
}

#[test]
fn a_key_is_of_one_request_and_of_one_token() {
    let desk = Desk::with(&["greeter"]);
    let (token, other) = (desk.token("ci", &["greet"]), desk.token("nightly", &["greet"]));
    let greet = |token: &str| Request::line(token, "greet").key("1");
    assert_eq!(desk.send(&greet(&token)).status, 200);
    assert_eq!(desk.send(&Request::line(&token, "greet @jane").key("1")).end(), (422, "key-reused".to_owned()));
    assert_eq!(desk.send(&greet(&token).with("for", "x")).end(), (422, "key-reused".to_owned()));
    assert_eq!(desk.send(&greet(&other)).messages(), ["Hello nightly, greeting 1 from greeter 0.1.0."]);
}

#[test]
fn without_a_key_every_request_is_new() {
    let desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["greet"]);
    for number in 1..=2 {
        assert_eq!(desk.send(&Request::line(&token, "greet")).messages(), [format!("Hello ci, greeting {number} from greeter 0.1.0.")]);
    }
}

#[test]
fn many_at_the_same_moment_are_told_of_one_end() {
    let desk = Desk::with(&["greeter", "sleeper"]);
    let token = desk.token("ci", &["*"]);
    // One that takes a while is still running when the others come.
    for line in ["greet", "sleep"] {
        let request = Request::line(&token, line).key(line);
        let address = desk.address;
        let answers: Vec<_> = thread::scope(|scope| {
            let asked: Vec<_> = (0..20).map(|_| scope.spawn(|| request.send(address).json())).collect();
            asked.into_iter().map(|asked| asked.join().expect("it is answered")).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    assert_eq!(desk.send(&Request::line(&token, "greetings")).messages(), ["ci: 1"]);
}
