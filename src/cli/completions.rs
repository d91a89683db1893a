//! `ingressc completions`

use clap::Args;
use clap_complete::Shell;

use super::Status;
use super::console::Console;

const EXAMPLES: &str = "\
Examples:
  ingressc completions bash > ~/.local/share/bash-completion/completions/ingressc
  ingressc completions zsh > ~/.zfunc/_ingressc
  ingressc completions fish > ~/.config/fish/completions/ingressc.fish";

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "ingressc", &mut script);
        console.result(&String::from_utf8_lossy(&script))?;
        Ok(Status::Clean)
    }
}
