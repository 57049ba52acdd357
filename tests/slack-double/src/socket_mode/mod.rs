//! Socket Mode on the wire: the upgrade and the connection's task. What it means is in `state::socket`.

mod connection;
mod upgrade;

pub(crate) use upgrade::upgrade;
