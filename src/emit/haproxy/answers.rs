//! Answers that HAProxy gives by itself, with pages like those of nginx.

use super::super::{FileName, OutputFile};
use super::lines::Rule;
use super::words::Format;

/// Statuses that have a page.
const TITLES: &[(i64, &str)] = &[
    (301, "301 Moved Permanently"),
    (302, "302 Found"),
    (303, "303 See Other"),
    (307, "307 Temporary Redirect"),
    (308, "308 Permanent Redirect"),
    (400, "400 Bad Request"),
    (401, "401 Authorization Required"),
    (403, "403 Forbidden"),
    (404, "404 Not Found"),
    (405, "405 Not Allowed"),
    (408, "408 Request Time-out"),
    (413, "413 Request Entity Too Large"),
    (414, "414 Request-URI Too Large"),
    (421, "421 Misdirected Request"),
    (429, "429 Too Many Requests"),
    (500, "500 Internal Server Error"),
    (501, "501 Not Implemented"),
    (502, "502 Bad Gateway"),
    (503, "503 Service Temporarily Unavailable"),
    (504, "504 Gateway Time-out"),
];

/// Statuses of pages that HAProxy shows without being asked.
const UNASKED: &[i64] = &[400, 401, 403, 404, 405, 408, 413, 500, 501, 502, 503, 504];

fn page(title: &str) -> String {
    format!("<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n</body>\n</html>\n")
}

fn file(status: i64, end: &'static str) -> FileName {
    FileName::numbered("errors/", usize::try_from(status).unwrap_or_default(), end)
}

/// The files with the pages.
pub(super) fn files() -> Vec<OutputFile> {
    let pages = TITLES.iter().map(|(status, title)| OutputFile::new(file(*status, ".html"), page(title)));
    let whole = TITLES.iter().filter(|(status, _)| UNASKED.contains(status)).map(|(status, title)| {
        let page = page(title);
        let head = format!("HTTP/1.1 {title}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
        OutputFile::new(file(*status, ".http"), head + &page)
    });
    pages.chain(whole).collect()
}

/// The lines that name the pages which HAProxy shows without being asked.
pub(super) fn error_files() -> impl Iterator<Item = String> {
    UNASKED.iter().map(|status| format!("errorfile {status} errors/{status}.http"))
}

/// A rule that answers at once with a status; conditions may follow. What is none that HAProxy takes becomes one that lets nobody in.
pub(super) fn answer(status: i64) -> Rule {
    let status = if (200..=599).contains(&status) { status } else { 503 };
    let rule = Rule::new("http-request return status").code(&status.to_string());
    if !TITLES.iter().any(|(known, _)| *known == status) {
        return rule;
    }
    rule.code(&format!("content-type text/html file errors/{status}.html"))
}

/// A rule that redirects; conditions may follow.
pub(super) fn redirect(status: i64, location: &Format) -> Rule {
    answer(status).code("hdr Location").format(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_as_long_as_they_say() {
        for file in files().iter().filter(|file| file.name.ends_with(".http")) {
            let (head, body) = file.content.split_once("\r\n\r\n").unwrap_or_default();
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{}", file.name);
        }
    }
}
