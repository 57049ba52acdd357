//! The bot on this terminal: lines in, lines out.

use super::{Failure, asked_to_end, failure, start, stopped};
use crate::adapters::terminal::Terminal;
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::LedgerError;
use hatstand_common::transcript::{Name, Room};
use std::pin::pin;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};

pub async fn serve(config: Config) -> Result<(), Failure> {
    let clock = Clock::machine();
    let (terminal, mut shown) = Terminal::new(&config.bot.name, clock.clone());
    let terminal = Arc::new(terminal);
    let host = start(&config, terminal.clone(), clock).await?;
    let who = Name::from(config.terminal.person.as_str());
    let room = Room::Channel(Name::from(config.terminal.channel.as_str()));
    terminal.set_zone(&who, &config.terminal.zone);
    tracing::info!(plugins = host.plugins.registry().present().count(), "ready, as {who} in {room}");
    let mut lines = BufReader::new(tokio::io::stdin()).split(b'\n');
    // One for all waits: a signal that comes while a line is handed over counts.
    let mut asked_to_end = pin!(asked_to_end());
    loop {
        tokio::select! {
            line = lines.next_segment() => match line.map_err(failure)? {
                Some(line) => {
                    let event = terminal.typed(&room, &who, String::from_utf8_lossy(&line).trim_end());
                    let taken = tokio::select! {
                        taken = terminal.hand_over(event, &host.intake) => taken,
                        () = host.stopping() => return Err(stopped()),
                        () = &mut asked_to_end => break,
                    };
                    match taken {
                        // The log says why; what is typed next may be kept.
                        Ok(()) | Err(LedgerError::Full | LedgerError::Write(_)) => {}
                        Err(_) => return Err(stopped()),
                    }
                }
                None => {
                    tokio::select! {
                        settled = host.settled() => settled.map_err(failure)?,
                        () = host.stopping() => return Err(stopped()),
                        () = &mut asked_to_end => {}
                    }
                    break;
                }
            },
            Some(shown) = shown.recv() => shown.line.shown_in(Some(&room)).iter().for_each(|line| println!("{line}")),
            () = host.stopping() => return Err(stopped()),
            () = &mut asked_to_end => break,
        }
    }
    while let Ok(shown) = shown.try_recv() {
        shown.line.shown_in(Some(&room)).iter().for_each(|line| println!("{line}"));
    }
    host.stop().await;
    Ok(())
}
