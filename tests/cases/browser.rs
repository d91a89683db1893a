//! Pages of the program in a real browser.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What the program writes, run in a folder.
pub fn program(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(args).current_dir(folder).env_clear().stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    String::from_utf8(output.stdout).expect("the program writes UTF-8")
}

/// What a script in a page makes of it: the value of its variable `found`.
pub fn driven(folder: &Path, page: &str, driver: &str) -> Value {
    let out = "const out = document.createElement(\"pre\"); out.id = \"driver\"; \
               out.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(found)))); document.body.append(out);";
    let policy = page.lines().find(|line| line.contains("Content-Security-Policy")).expect("the page has one");
    let page = page.replace(policy, "").replace("</body>", &format!("<script>{driver}\n{out}</script></body>"));
    fs::write(folder.join("page.html"), page).expect("files can be written");
    let url = format!("file://{}", folder.join("page.html").display());
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom", &profile, &url]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().expect("it starts");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, rest) = dom.split_once("<pre id=\"driver\">").unwrap_or_else(|| panic!("the page was not driven:\n{dom}"));
    let text = STANDARD.decode(rest.split('<').next().unwrap_or_default()).expect("it is base64");
    serde_json::from_slice(&text).expect("it is JSON")
}
