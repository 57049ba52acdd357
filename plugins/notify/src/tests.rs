//! News in a room of its own: what senders document, conversations, and what neither can show.

mod alerts;
mod builds;
mod github;
mod gitlab;
mod jenkins;
mod laws;
mod limits;
mod sent;
mod transcripts;
