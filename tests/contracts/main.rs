//! The contract lasts: plugins that were built against an earlier contract and never since run on this host, and plugins for a later one
//! are told what they need.
//!
//! A folder beside this file holds what was built against each published contract; the `README.md` there says how. It is never built anew.

mod built;
mod later;
#[path = "../support/mod.rs"]
mod support;
mod veteran;
mod wit;
