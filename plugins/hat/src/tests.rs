//! The hat in a room of its own: conversations, and what no conversation can show.

mod bounds;
mod classic;
mod programs;
mod rules;
mod transcripts;
