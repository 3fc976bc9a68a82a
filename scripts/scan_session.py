"""Sign in and print the session as wapiti's cookie file: `scan_session.py http://127.0.0.1:8000 e-mail password`."""

import http.cookiejar
import json
import re
import sys
import urllib.parse
import urllib.request


def main(address: str, email: str, password: str) -> None:
    """Print the cookies of a fresh session."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{address}/sign-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    values = {"username": email, "password": password, "csrfmiddlewaretoken": token.group(1) if token else ""}
    opener.open(f"{address}/sign-in/", urllib.parse.urlencode(values).encode())
    host = urllib.parse.urlsplit(address).hostname or ""
    cookies = {cookie.name: {"value": cookie.value, "version": 0, "expires": None, "secure": False, "port": None}
               for cookie in jar}  # fmt: skip
    print(json.dumps({f".{host}" if "." in host and not host[0].isdigit() else host: {"/": cookies}}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
