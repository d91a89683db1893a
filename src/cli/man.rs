//! `ingressc man`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::Status;
use super::console::Console;
use super::folder::Folder;

const EXAMPLES: &str = "\
Examples:
  ingressc man | man -l -
  ingressc man render > ingressc-render.1
  ingressc man -o /usr/local/share/man/man1";

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Man {
    /// The command that the page is about [default: the program]
    command: Option<String>,

    /// Write the pages of the program and of all commands into this folder
    #[arg(short, long, value_name = "DIR", conflicts_with = "command", value_hint = clap::ValueHint::DirPath)]
    output: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        let mut program = super::command();
        program.build();
        match (&self.command, &self.output) {
            (_, Some(folder)) => all(&program, &Folder::create(folder)?)?,
            (None, None) => console.result(&page(&program)?)?,
            (Some(name), None) => {
                let command = program.find_subcommand(name).with_context(|| format!("there is no command `{name}`"))?;
                console.result(&page(command)?)?;
            }
        }
        Ok(Status::Clean)
    }
}

/// Writes one file for the program, and one for each command.
fn all(program: &clap::Command, folder: &Folder) -> anyhow::Result<()> {
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
    for command in std::iter::once(program).chain(commands) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        folder.write(&format!("{name}.1"), &page(command)?, false)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> anyhow::Result<String> {
    let mut text = Vec::new();
    let source = concat!("ingressc ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command.clone()).source(source).render(&mut text).context("cannot write the page")?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
