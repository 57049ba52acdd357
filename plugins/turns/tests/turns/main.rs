//! The engine, case by case as `commands.md` lists them, and its laws under random use.

mod classic;
mod dibs;
mod hat;
mod hat_man;
mod laws;
mod numbers;
mod room;
mod time;
