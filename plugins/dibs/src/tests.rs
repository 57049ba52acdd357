//! Dibs in a room of its own: conversations, and what no conversation can show.

mod bounds;
mod laws;
mod programs;
mod refusals;
mod rules;
mod transcripts;
