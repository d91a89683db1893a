//! `ingressc man`

use anyhow::Context as _;
use clap::Args;

use super::Status;
use super::console::Console;

const EXAMPLES: &str = "\
Examples:
  ingressc man | man -l -
  ingressc man render > ingressc-render.1";

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Man {
    /// The command that the page is about [default: the program]
    command: Option<String>,
}

impl Man {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        let mut program = super::command();
        program.build();
        let page = match &self.command {
            None => program,
            Some(name) => {
                let command = program.find_subcommand(name);
                command.with_context(|| format!("there is no command `{name}`"))?.clone()
            }
        };
        let mut text = Vec::new();
        let source = concat!("ingressc ", env!("CARGO_PKG_VERSION"));
        clap_mangen::Man::new(page).source(source).render(&mut text).context("cannot write the page")?;
        console.result(&String::from_utf8_lossy(&text))?;
        Ok(Status::Clean)
    }
}
