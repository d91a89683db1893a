//! What nginx reads in order: each row of the table is tried by running nginx with two lines in both orders. Where its answers differ,
//! so does the comparison; where they do not, the comparison is silent.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use ingressc::conf;
use ingressc::diff::{compare, order};
use ingressc::source::FileId;
use libtest_mimic::Trial;
use serde::Deserialize;
use tempfile::TempDir;

use crate::need::{Need, modules, trial};

/// Two texts at two places of a configuration.
#[derive(Debug, Clone, Deserialize)]
struct Case {
    name: String,
    /// The first name of the row, or its block.
    #[serde(default)]
    row: String,
    /// What is in `http`, with `@1` and `@2` where the two texts go; `@DIR` is the folder of the run.
    http: String,
    one: String,
    other: String,
    /// What stands before `events`.
    #[serde(default)]
    main: String,
    /// Files beside the configuration.
    #[serde(default)]
    files: Vec<(String, String)>,
    #[serde(default)]
    modules: Vec<String>,
    /// What the socket `raw.sock` answers; what it is sent counts as an answer.
    reply: Option<String>,
    /// There are certificates.
    #[serde(default)]
    tls: bool,
    /// Whether nginx answers differently.
    differs: bool,
    /// Paths with headers behind them, one request a line.
    #[serde(default = "root")]
    requests: Vec<String>,
}

/// What counts as the answer of nginx where it does not start.
const REFUSED: &str = "nginx refuses it";

fn root() -> Vec<String> {
    vec![String::from("/")]
}

#[derive(Debug, Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/order.toml");
    let text = fs::read_to_string(path).expect("it is there");
    toml::from_str::<Cases>(&text).expect("it is TOML of this shape").case
}

impl Case {
    /// What is in `http`, with the texts in one of both orders.
    fn http(&self, is_swapped: bool) -> String {
        let (first, second) = if is_swapped { (&self.other, &self.one) } else { (&self.one, &self.other) };
        self.http.replace("@1", first).replace("@2", second)
    }

    fn text(&self, is_swapped: bool, folder: &Path) -> String {
        let (first, second) = if is_swapped { (&self.other, &self.one) } else { (&self.one, &self.other) };
        let main = self.main.replace("@1", first).replace("@2", second);
        let loaded = self.modules.iter().filter(|name| !main.contains(name.as_str())).fold(String::new(), |mut text, name| {
            // Writing into a String cannot fail, here and below.
            let _ = writeln!(text, "load_module {};", modules(name).expect("the case is not run without it").display());
            text
        });
        let temporary =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path @DIR/{kind};\n")).concat();
        let http = self.http(is_swapped);
        let text = format!(
            "{loaded}{main}\ndaemon off; master_process off; pid @DIR/pid; error_log @DIR/error.log;\nevents {{ }}\nhttp {{\n\
             access_log off; set_real_ip_from unix:; real_ip_header X-Client;\n{temporary}{http}\n}}\n"
        );
        let text = self.modules.iter().fold(text, |text, name| {
            text.replace(&format!("@MODULE({name})"), &modules(name).map(|path| path.display().to_string()).unwrap_or_default())
        });
        text.replace("@DIR", &folder.display().to_string())
    }

    /// The answers to all requests.
    fn answers(&self, is_swapped: bool) -> Vec<String> {
        let folder = tempfile::tempdir().expect("there is room for files");
        for (name, content) in &self.files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
            fs::write(path, content.replace("@DIR", &folder.path().display().to_string())).expect("files can be written");
        }
        if self.tls {
            for name in ["one", "two"] {
                let made = rcgen::generate_simple_self_signed([format!("{name}.example")]).expect("the name is sound");
                let text = made.cert.pem() + &made.signing_key.serialize_pem();
                fs::write(folder.path().join(format!("{name}.pem")), text).expect("files can be written");
            }
        }
        let sent = self.reply.as_ref().map(|reply| listen(folder.path(), reply.clone()));
        fs::write(folder.path().join("nginx.conf"), self.text(is_swapped, folder.path())).expect("files can be written");
        let nginx = Nginx::start(&folder);
        let place = folder.path().display().to_string();
        let mut answers: Vec<String> = self.requests.iter().map(|request| nginx.ask(request).replace(&place, "@DIR")).collect();
        answers.extend(sent.into_iter().flat_map(|sent| sent.try_iter().collect::<Vec<_>>()));
        answers
    }

    fn try_out(&self) {
        let (before, after) = (self.answers(false), self.answers(true));
        assert!([&before, &after].iter().any(|answers| answers.iter().all(|answer| answer != REFUSED)), "nginx refuses both");
        assert_eq!(before != after, self.differs, "nginx answers {before:#?} and, the other way round, {after:#?}");
        let folder = Path::new("/x");
        let (before, after) = (self.text(false, folder), self.text(true, folder));
        let (before, after) = (conf::parse(FileId(0), &before), conf::parse(FileId(1), &after));
        assert!(before.diagnostics.is_empty() && after.diagnostics.is_empty(), "{:?}", after.diagnostics);
        for (live, declared) in [(&before.value, &after.value), (&after.value, &before.value)] {
            let report = compare(declared, live);
            assert_eq!(!report.is_empty(), self.differs, "the comparison says {report:#?}");
        }
    }
}

/// A socket that answers always the same, and what it is sent.
fn listen(folder: &Path, reply: String) -> Receiver<String> {
    let socket = UnixListener::bind(folder.join("raw.sock")).expect("sockets can be made");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in socket.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 65536];
            let count = stream.read(&mut request).unwrap_or_default();
            let sent = String::from_utf8_lossy(&request[..count]).into_owned();
            if sender.send(sent).is_err() || stream.write_all(reply.as_bytes()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A running nginx; it ends with the value.
struct Nginx<'f> {
    process: Child,
    folder: &'f Path,
}

impl<'f> Nginx<'f> {
    fn start(folder: &'f TempDir) -> Self {
        let folder = folder.path();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log")).arg("-p").arg(folder);
        let output = fs::File::create(folder.join("output")).expect("files can be written");
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output).spawn().expect("nginx starts");
        Self { process, folder }
    }

    fn ask(&self, request: &str) -> String {
        let mut words = request.split(" | ");
        let path = words.next().unwrap_or("/");
        let mut text = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
        let headers: Vec<&str> = words.collect();
        if headers.iter().all(|header| !header.starts_with("Host:")) {
            text.push_str("Host: a.example\r\n");
        }
        for header in headers {
            let _ = write!(text, "{header}\r\n");
        }
        text.push_str("\r\n");
        let Some(mut stream) = self.connect() else { return String::from(REFUSED) };
        stream.write_all(text.as_bytes()).expect("nginx listens");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("nginx answers");
        let answer = String::from_utf8_lossy(&answer);
        let changing = ["Date:", "Last-Modified:", "ETag:"];
        answer.lines().filter(|line| !changing.iter().any(|start| line.starts_with(start))).collect::<Vec<_>>().join("\n")
    }

    /// A connection; none where nginx does not start.
    fn connect(&self) -> Option<UnixStream> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            match UnixStream::connect(self.folder.join("a.sock")) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is no zero");
                    return Some(stream);
                }
                Err(error) => {
                    let said = fs::read_to_string(self.folder.join("output")).unwrap_or_default();
                    if said.contains("[emerg]") {
                        return None;
                    }
                    assert!(Instant::now() < end, "{error}: {said}");
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        }
    }
}

impl Drop for Nginx<'_> {
    fn drop(&mut self) {
        // A process that has ended already is no trouble.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What names a row in the cases.
fn row_name(row: &order::Row) -> String {
    match row.names.first() {
        Some(name) if row.context == order::Context::Directives => (*name).to_owned(),
        Some(name) => format!("{:?} {name}", row.context),
        None => format!("{:?}", row.context),
    }
}

/// Rows that are not tried: which key encrypts a ticket shows to nobody within one run, and rules of a firewall need its module.
const UNTRIED: [&str; 2] = ["modsecurity_rules", "ssl_session_ticket_key"];

fn every_row_is_tried() {
    let cases = cases();
    for row in order::ROWS {
        let name = row_name(row);
        let is_tried = cases.iter().any(|case| case.row == name && case.differs) || UNTRIED.contains(&&*name);
        assert!(is_tried, "no case tries the row `{name}`");
    }
}

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial("order::every_row_is_tried", &[], every_row_is_tried)];
    for case in cases() {
        let mut needs = vec![Need::Program("nginx")];
        // A name of a module is kept for as long as the tests run.
        needs.extend(case.modules.iter().map(|name| Need::NginxModule(name.clone().leak())));
        trials.push(trial(format!("order::{}", case.name), &needs, move || case.try_out()));
    }
    trials
}
