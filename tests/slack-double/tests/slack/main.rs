//! Each rule that Slack documents and the double follows, with a test that can fail.
//!
//! The tests speak to the double as any client does: HTTP and WebSocket on the loopback. They wait on what the double says,
//! and never for a time to pass.

mod blocks;
mod bot;
mod channels;
mod control;
mod delivery;
mod events;
mod faults;
mod files;
mod forms;
mod interactivity;
mod messages;
mod sockets;
mod tokens;
mod users;
mod views;
