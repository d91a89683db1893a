-- What HAProxy cannot do by itself for Ingresses: ask a service whether a request may pass, check passwords as Apache hashes them, copy
-- requests, and fetch pages for errors.
-- The configuration says in variables of the transaction what is to be done.

-- Headers that HAProxy sets for backends: the authentication service gets its own in their place.
local OURS = {
    ["x-forwarded-host"] = true, ["x-forwarded-port"] = true, ["x-forwarded-proto"] = true, ["x-forwarded-scheme"] = true,
    ["x-scheme"] = true, ["x-original-uri"] = true, ["host"] = true, ["connection"] = true, ["content-length"] = true,
    ["transfer-encoding"] = true, ["upgrade"] = true, ["keep-alive"] = true,
}

-- Whether a header is none that the client sent.
local function is_ours(name)
    return OURS[name] or name == "x-forwarded-for" or name == "x-real-ip" or name == "x-request-id"
end

local METHODS = { GET = "get", HEAD = "head", POST = "post", PUT = "put", DELETE = "delete" }

-- Headers of a message as lists of values by name.
local function lists(headers)
    local all = {}
    for name, values in pairs(headers) do
        local list = {}
        for at = 0, #values do
            if values[at] ~= nil then
                list[#list + 1] = values[at]
            end
        end
        all[name] = list
    end
    return all
end

-- Whether all headers are such that each stays one line: their values hold no control characters but tabs, their names are names.
local function are_clean(headers)
    for name, values in pairs(headers) do
        if not string.match(name, "^[%w!#$%%&'*+.^_`|~-]+$") then
            return false
        end
        for _, value in ipairs(values) do
            if string.find(string.gsub(value, "\t", " "), "%c") then
                return false
            end
        end
    end
    return true
end

-- Adds the lines `name: value` of a variable; an empty value takes a header away.
local function add_lines(headers, text)
    for line in string.gmatch(text or "", "[^\n]+") do
        local name, value = string.match(line, "^([^:]+): ?(.*)$")
        if name then
            headers[string.lower(name)] = value ~= "" and { value } or nil
        end
    end
end

-- Sends a request and waits for the answer: its status, its headers as lists by name, its body. Sockets send what they are told to;
-- the client that looks up names adds headers of its own, and is used where there is a name.
local function send(method, url, version, headers, body)
    local scheme, address, path = string.match(url, "^(https?)://([^/?]+)(.*)$")
    if not scheme or string.find(url, "[%c ]") or not string.match(method, "^%w+$") or not are_clean(headers) then
        return nil
    end
    local host, port = string.match(address, "^([%d.]+):?(%d*)$")
    if not host then
        local client, known = core.httpclient(), METHODS[method]
        local answer = known and client[known](client, { url = url, headers = headers, body = body, timeout = 60000 })
        if not answer or not answer.status or answer.status == 0 then
            return nil
        end
        return answer.status, lists(answer.headers or {}), answer.body
    end
    if string.sub(path, 1, 1) ~= "/" then
        path = "/" .. path
    end
    local request = { method .. " " .. path .. " HTTP/" .. version }
    for name, values in pairs(headers) do
        for _, value in ipairs(values) do
            request[#request + 1] = name .. ": " .. value
        end
    end
    request[#request + 1] = "connection: close"
    if body and #body > 0 then
        request[#request + 1] = "content-length: " .. #body
    end
    local socket = core.tcp()
    socket:settimeout(60)
    local connect = scheme == "https" and socket.connect_ssl or socket.connect
    local standard = scheme == "https" and 443 or 80
    if not connect(socket, host, tonumber(port) or standard) then
        return nil
    end
    socket:send(table.concat(request, "\r\n") .. "\r\n\r\n" .. (body or ""))
    local line = socket:receive("*l")
    local status = line and tonumber(string.match(line, "^HTTP/%S+ (%d+)"))
    local answered = {}
    while status do
        line = socket:receive("*l")
        local name, value = string.match(line or "", "^([^:]+): *(.-)%s*$")
        if not name then
            break
        end
        name = string.lower(name)
        answered[name] = answered[name] or {}
        table.insert(answered[name], value)
    end
    local content = ""
    if status and version == "1.0" and method ~= "HEAD" then
        content = socket:receive("*a") or ""
    end
    socket:close()
    return status, answered, content
end

-- The same, where the answer is one that can be passed on.
local function exchange(method, url, version, headers, body)
    local status, answered, content = send(method, url, version, headers, body)
    if not status or not are_clean(answered) then
        return nil
    end
    return status, answered, content
end

-- Whether the headers of an answer are larger than what there is room for.
local function are_large(answered, room)
    -- The first line and the end.
    local size = 19
    for name, values in pairs(answered) do
        for _, value in ipairs(values) do
            size = size + #name + #value + 4
        end
    end
    return size > room
end

-- Asks the service. Without an answer the status stays unset, and the rules that follow refuse the request.
local function ask(txn)
    local url = txn:get_var("txn.auth_url")
    local method = txn:get_var("txn.auth_method") or "GET"
    if not url then
        return
    end
    local headers = {}
    for name, values in pairs(lists(txn.http:req_get_headers())) do
        if not OURS[name] then
            headers[name] = values
        end
    end
    add_lines(headers, txn:get_var("txn.auth_headers"))
    local status, answered = exchange(method, url, "1.1", headers, nil)
    local room = txn:get_var("txn.auth_room")
    if not status or room and are_large(answered, room) then
        return
    end
    txn:set_var("txn.auth_status", status)
    local function first(name)
        return answered[name] and answered[name][1]
    end
    if first("set-cookie") then
        txn:set_var("txn.auth_cookie", first("set-cookie"))
    end
    if first("www-authenticate") then
        txn:set_var("txn.auth_challenge", first("www-authenticate"))
    end
    for name in string.gmatch(txn:get_var("txn.auth_copies") or "", "[^, ]+") do
        txn.http:req_del_header(name)
        local value = first(string.lower(name))
        if value and value ~= "" then
            txn.http:req_add_header(name, value)
        end
    end
end

core.register_action("ask", { "http-req" }, ask, 0)

-- The hash of a password as `htpasswd` makes it: MD5, a thousand times.
local function apache_hash(converters, password, salt)
    local function md5(text)
        return converters:digest(text, "md5")
    end
    local inner = md5(password .. salt .. password)
    local text = password .. "$apr1$" .. salt
    for left = #password, 1, -16 do
        text = text .. string.sub(inner, 1, math.min(16, left))
    end
    local bits = #password
    while bits > 0 do
        text = text .. (bits % 2 == 1 and "\0" or string.sub(password, 1, 1))
        bits = bits // 2
    end
    local hash = md5(text)
    for round = 0, 999 do
        local is_odd = round % 2 == 1
        hash = md5((is_odd and password or hash) .. (round % 3 ~= 0 and salt or "") .. (round % 7 ~= 0 and password or "") .. (is_odd and hash or password))
    end
    local letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    local out = {}
    local function add(a, b, c, count)
        local number = (a and string.byte(hash, a) or 0) << 16 | (b and string.byte(hash, b) or 0) << 8 | string.byte(hash, c)
        for _ = 1, count do
            local at = (number & 63) + 1
            out[#out + 1] = string.sub(letters, at, at)
            number = number >> 6
        end
    end
    add(1, 7, 13, 4)
    add(2, 8, 14, 4)
    add(3, 9, 15, 4)
    add(4, 10, 16, 4)
    add(5, 11, 6, 4)
    add(nil, nil, 12, 2)
    return table.concat(out)
end

-- Checks a password whose hash HAProxy does not know.
local function check_password(txn)
    local salt, hash = string.match(txn:get_var("txn.password_hash") or "", "^%$apr1%$([^$]*)%$(.+)$")
    local password = txn.f:http_auth_pass()
    if salt and password and apache_hash(txn.c, password, string.sub(salt, 1, 8)) == hash then
        txn:set_var("txn.is_known", true)
    end
end

core.register_action("check_password", { "http-req" }, check_password, 0)

-- Sends a copy of the request; nobody waits for the answer.
local function mirror(txn)
    local url = txn:get_var("txn.mirror_url")
    local method = txn.sf:method()
    if not url then
        return
    end
    local headers = {}
    for name, values in pairs(lists(txn.http:req_get_headers())) do
        if not is_ours(name) then
            headers[name] = values
        end
    end
    headers["host"] = { txn:get_var("txn.mirror_host") }
    local body = txn:get_var("txn.mirror_body")
    core.register_task(function()
        exchange(method, url, "1.0", headers, body)
    end)
end

core.register_action("mirror", { "http-req" }, mirror, 0)

-- Headers of an answer that belong to its connection.
local OF_CONNECTION = { ["content-length"] = true, ["connection"] = true, ["transfer-encoding"] = true, ["keep-alive"] = true, ["server"] = true }

-- Fetches the page for a status from the service for error pages; nothing where the service does not answer.
local function fetch(get_var, status)
    local services = {}
    for service in string.gmatch(get_var("txn.error_service") or "", "[^, ]+") do
        services[#services + 1] = service
    end
    if #services == 0 then
        return nil
    end
    local query = get_var("txn.error_query")
    local url = "http://" .. services[math.random(#services)] .. "/" .. (query and query ~= "" and "?" .. query or "")
    local headers = {}
    add_lines(headers, get_var("txn.error_request"))
    headers["x-code"] = { tostring(status) }
    add_lines(headers, get_var("txn.error_headers"))
    return exchange(get_var("txn.error_method") or "GET", url, "1.0", headers, nil)
end

-- Keeps what a request says until an error has to be shown for it.
local function remember(txn)
    local text = {}
    for name, values in pairs(lists(txn.http:req_get_headers())) do
        if not is_ours(name) then
            text[#text + 1] = name .. ": " .. table.concat(values, ", ")
        end
    end
    txn:set_var("txn.error_request", table.concat(text, "\n"))
    local method = txn.sf:method()
    txn:set_var("txn.error_method", method == "HEAD" and method or "GET")
end

core.register_action("remember", { "http-req" }, remember, 0)

-- Counts bodies whose length no header tells, up to the limit of the route.
local BodyLimit = { id = "limit_body", flags = filter.FLT_CFG_FL_HTX }
BodyLimit.__index = BodyLimit

function BodyLimit.new(class)
    return setmetatable({ size = 0 }, class)
end

function BodyLimit:http_headers(txn, message)
    if not message:is_resp() and txn:get_var("txn.body_limit") then
        filter.register_data_filter(self, message.channel)
    end
end

function BodyLimit:http_payload(txn, message)
    self.size = self.size + #(message:body() or "")
    if self.size > txn:get_var("txn.body_limit") then
        txn:set_var("txn.is_too_large", true)
        return filter.ERROR
    end
end

core.register_filter("limit_body", BodyLimit, function(class) return class end)

-- In place of an answer of a backend.
local function replace_error(txn)
    local get_var = function(name) return txn:get_var(name) end
    local code, headers, body = fetch(get_var, txn.sf:status())
    if not code then
        return
    end
    txn:set_var("txn.is_bare", true)
    local reply = txn:reply({ status = code, body = body })
    for name, values in pairs(headers) do
        for _, value in ipairs(values) do
            if not OF_CONNECTION[name] then
                reply:add_header(name, value)
            end
        end
    end
    txn:done(reply)
end

core.register_action("replace_error", { "http-res" }, replace_error, 0)

-- In place of an answer of HAProxy itself.
local function show_error(applet)
    local status = applet:get_var("txn.error_code")
    local get_var = function(name) return applet:get_var(name) end
    local code, headers, body = fetch(get_var, status)
    applet:set_var("txn.is_bare", true)
    applet:set_status(code or tonumber(status))
    for name, values in pairs(headers or {}) do
        for _, value in ipairs(values) do
            if not OF_CONNECTION[name] then
                applet:add_header(name, value)
            end
        end
    end
    applet:add_header("content-length", #(body or ""))
    applet:start_response()
    applet:send(body or "")
end

core.register_service("show_error", "http", show_error)
