//! Dibs in a room of its own: conversations, and what no conversation can show.

mod laws;
mod programs;
mod refusals;
mod rules;
mod transcripts;
