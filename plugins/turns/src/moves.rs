//! What requests and alarms do to a draft, one family per file.

mod crew;
mod deadline;
mod force;
mod freeze;
mod leaver;
mod offer;
mod order;
mod pass;
mod queue;
mod release;
mod take;
