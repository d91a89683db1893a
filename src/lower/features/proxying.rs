//! How requests and responses are passed on.

use super::reader::{Reader, Stop};
use crate::catalog::features::proxying as keys;
use crate::ir::Proxying;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Proxying, Stop> {
    let defaults = reader.world.settings.route_defaults.proxying.clone();
    Ok(Proxying {
        body_size: reader.or(&keys::BODY_SIZE, defaults.body_size)?,
        buffer_size: reader.or(&keys::BUFFER_SIZE, defaults.buffer_size)?,
        busy_buffers_size: reader.or(&keys::BUSY_BUFFERS_SIZE, defaults.busy_buffers_size)?,
        cookie_domain: reader.or(&keys::COOKIE_DOMAIN, defaults.cookie_domain)?,
        cookie_path: reader.or(&keys::COOKIE_PATH, defaults.cookie_path)?,
        next_upstream: reader.or(&keys::NEXT_UPSTREAM, defaults.next_upstream)?,
        redirect_from: reader.or(&keys::REDIRECT_FROM, defaults.redirect_from)?,
        redirect_to: reader.or(&keys::REDIRECT_TO, defaults.redirect_to)?,
        request_buffering: reader.or(&keys::REQUEST_BUFFERING, defaults.request_buffering)?,
        buffering: reader.or(&keys::BUFFERING, defaults.buffering)?,
        http_version: reader.or(&keys::HTTP_VERSION, defaults.http_version)?,
        max_temp_file_size: reader.or(&keys::MAX_TEMP_FILE_SIZE, defaults.max_temp_file_size)?,
        connect_timeout: reader.or(&keys::CONNECT_TIMEOUT, defaults.connect_timeout)?,
        send_timeout: reader.or(&keys::SEND_TIMEOUT, defaults.send_timeout)?,
        read_timeout: reader.or(&keys::READ_TIMEOUT, defaults.read_timeout)?,
        buffers_number: reader.or(&keys::BUFFERS_NUMBER, defaults.buffers_number)?,
        next_upstream_timeout: reader.or(&keys::NEXT_UPSTREAM_TIMEOUT, defaults.next_upstream_timeout)?,
        next_upstream_tries: reader.or(&keys::NEXT_UPSTREAM_TRIES, defaults.next_upstream_tries)?,
    })
}
