//! Is a request tried again, and when? Pure.

use super::client::Tried;
use crate::model::{HttpFailure, Request};
use std::time::Duration;

/// The pauses begin with this, and double.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Whoever asks for more patience than that is asked again all the same.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The pause before another try, after so many; none if there is to be no other.
pub fn pause(request: &Request, tries: u32, tried: &Tried) -> Option<Duration> {
    if tries > u32::from(request.retries) || !may_pass(request, tried) {
        return None;
    }
    let asked = tried.wait.unwrap_or_default().min(PATIENCE);
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(tries - 1).unwrap_or(u32::MAX));
    Some(doubled.min(LONGEST).max(asked))
}

/// May another try end better, and do nothing twice?
fn may_pass(request: &Request, tried: &Tried) -> bool {
    match &tried.outcome {
        // It was not done, says the destination (RFC 6585, section 4).
        Ok(answer) if answer.status == 429 => true,
        Ok(answer) => matches!(answer.status, 408 | 425 | 500 | 502 | 503 | 504) && request.is_repeatable(),
        Err(HttpFailure::Connection(_) | HttpFailure::Timeout) => !tried.sent || request.is_repeatable(),
        Err(HttpFailure::TooLarge | HttpFailure::NotGranted(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HttpAnswer;

    fn request(method: &str, key: Option<&str>) -> Request {
        Request {
            tag: "t".to_owned(),
            method: method.to_owned(),
            url: "https://example.com/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(1),
            retries: 3,
            idempotency_key: key.map(str::to_owned),
            place: None,
        }
    }

    fn answered(status: u16, wait: Option<u64>) -> Tried {
        let outcome = Ok(HttpAnswer { status, headers: Vec::new(), body: Vec::new() });
        Tried { outcome, sent: true, wait: wait.map(Duration::from_secs) }
    }

    fn broke(sent: bool) -> Tried {
        Tried { outcome: Err(HttpFailure::Connection("it broke".to_owned())), sent, wait: None }
    }

    fn seconds(request: &Request, tries: u32, tried: &Tried) -> Option<u64> {
        pause(request, tries, tried).map(|pause| pause.as_secs())
    }

    #[test]
    fn pauses_double_and_end() {
        let get = request("GET", None);
        let pauses: Vec<_> = (1..=4).map(|tries| seconds(&get, tries, &broke(true))).collect();
        assert_eq!(pauses, [Some(1), Some(2), Some(4), None]);
        let patient = Request { retries: 255, ..get };
        assert_eq!(seconds(&patient, 100, &broke(true)), Some(60));
    }

    #[test]
    fn whoever_asks_for_patience_gets_it_within_reason() {
        let get = request("GET", None);
        assert_eq!(seconds(&get, 1, &answered(503, Some(30))), Some(30));
        assert_eq!(seconds(&get, 3, &answered(429, Some(2))), Some(4), "never earlier than by itself");
        assert_eq!(seconds(&get, 1, &answered(429, Some(1 << 40))), Some(3600));
    }

    #[test]
    fn what_may_have_been_done_is_not_done_again() {
        for (method, key, again) in [("POST", None, false), ("POST", Some("k"), true), ("PATCH", None, false), ("PUT", None, true)] {
            let request = request(method, key);
            for tried in [broke(true), answered(500, None), answered(503, None)] {
                assert_eq!(seconds(&request, 1, &tried).is_some(), again, "{method} {key:?} {tried:?}");
            }
            for tried in [broke(false), answered(429, None)] {
                assert_eq!(seconds(&request, 1, &tried), Some(1), "{method}: nothing was done");
            }
        }
    }

    #[test]
    fn answers_are_answers() {
        let get = request("GET", None);
        for status in [200, 201, 301, 400, 401, 403, 404, 422, 501] {
            assert_eq!(seconds(&get, 1, &answered(status, Some(1))), None, "{status}");
        }
        let refused = Tried { outcome: Err(HttpFailure::NotGranted("http:https://x".to_owned())), sent: false, wait: None };
        assert_eq!(seconds(&get, 1, &refused), None);
    }
}
