//! A delivery on the bench, and the tools for it.

use rand::{RngExt, rngs::StdRng};

use super::Seal;
use crate::{delivery::Delivery, signature::Signature};

/// A delivery on the bench: a good one until a flaw is put into it.
pub(super) struct Draft<'a> {
    pub(super) seal: &'a Seal<'a>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(good: &Delivery, seal: &'a Seal<'a>) -> Self {
        Self { seal, headers: good.headers.clone(), body: good.body.clone() }
    }

    pub(super) fn finish(self) -> Delivery {
        Delivery { headers: self.headers, body: self.body }
    }

    /// The header that decides.
    pub(super) fn name(&self) -> &'static str {
        self.seal.signature.names()[0]
    }

    pub(super) fn value(&self) -> String {
        let name = self.name();
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The part of the value that nobody can guess, without what stands before it.
    pub(super) fn code(&self) -> String {
        let value = self.value();
        value.split_once(['=', ',', ' ']).map_or(value.clone(), |(_, code)| code.to_owned())
    }

    pub(super) fn set(&mut self, value: impl Into<String>) {
        let name = self.name();
        self.remove(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    pub(super) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    pub(super) fn replace(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.add(name, value);
    }

    pub(super) fn header(&self, name: &str) -> String {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Signs it anew, so many seconds from now.
    pub(super) fn sign(&mut self, signature: Signature, secret: &str, seconds: i64) {
        let id = self.header("webhook-id");
        let at = self.seal.now + jiff::SignedDuration::from_secs(seconds);
        for (name, value) in signature.headers(secret, &id, at, &self.body) {
            self.replace(&name, value);
        }
    }

    /// A value with one letter changed.
    pub(super) fn misspelt(&self, random: &mut StdRng) -> String {
        let (value, code) = (self.value(), self.code());
        let from = value.len() - code.len();
        let mut letters: Vec<char> = value.chars().collect();
        let place = random.random_range(from..letters.len());
        let old = letters[place];
        while letters[place] == old {
            letters[place] = *pick(&['0', '1', '7', 'a', 'c', 'f', 'z', 'A', '+', '/', '='], random);
        }
        letters.into_iter().collect()
    }
}

/// One of these.
pub(super) fn pick<'a, T>(items: &'a [T], random: &mut StdRng) -> &'a T {
    &items[random.random_range(0..items.len())]
}
