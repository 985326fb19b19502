"""The HTML that static/js/portal works on, as small as it can be: the contract of the script.

Meta: csrf-token, person, draft-key, idle-minutes. Texts that the script shows or hides stand ready
and hidden: data-offline, data-kept, data-returned, data-signed-out, data-sheet-locked for the page;
data-saved, data-saved-here, data-restored, data-conflict and data-offer inside a form.
"""

HTMX_CONFIG = (
    '{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,'
    '"refreshOnHistoryMiss":true,"selfRequestsOnly":true,"disableInheritance":true,'
    '"timeout":8000,"responseHandling":[{"code":"204","swap":false},'
    '{"code":"[23]..","swap":true},{"code":"422","swap":true,"error":false},'
    '{"code":"[45]..","swap":false,"error":true}]}'
)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{% block title %}Portal{% endblock %}</title>
<link rel="icon" href="data:,">
<meta name="at" content="{{ at }}">
<meta name="csrf-token" content="{{ csrf }}">
<meta name="htmx-config" content='{{ htmx_config }}'>
<meta name="idle-minutes" content="15">
{% if person %}<meta name="person" content="{{ person }}">
<meta name="draft-key" content="{{ draft_key }}">{% endif %}
<script src="{{ static }}/vendor/htmx-2.0.11/htmx.min.js" defer></script>
<script src="{{ static }}/js/portal.js" defer></script></head><body>
<p role="status" data-sync data-state="saved"><span data-when="saved">Saved</span>
<span data-when="offline" hidden>Not connected</span>
<span data-when="pending" hidden>Waiting <b data-count>0</b></span></p>
{% if name %}<form action="/sign-out" method="post" data-signout>
<input type="hidden" name="csrf_token" value="{{ csrf }}"><button>Finish</button></form>{% endif %}
<main>
<div role="status" data-offline hidden>You are offline</div>
<div role="status" data-kept hidden>Kept on this device</div>
<div role="status" data-returned hidden>One text came back. <a href="/">Look at it</a></div>
<div role="status" data-signed-out hidden><a href="/sign-in">Sign in again</a></div>
{% block main %}{% endblock %}</main></body></html>"""

SIGN_IN = """{% extends "page" %}{% block main %}<h1>Sign in</h1>
<form method="post"><label>Name <input name="name"></label>
<label>Password <input type="password" name="password"></label><button>Sign in</button></form>
{% endblock %}"""

HOME = """{% extends "page" %}{% block title %}Home of {{ name }}{% endblock %}
{% block main %}<h1>Home of {{ name }}</h1><ul>{% for text in mine %}<li>{{ text }}</li>{% endfor %}
</ul><a href="/reflection/7">Look back</a>{% endblock %}"""

VIEW = """{% extends "page" %}{% block main %}<h1>As a pupil sees it</h1>{% endblock %}"""

PROVIDER = """{% extends "page" %}{% block main %}<h1>An app's secret</h1>
<label>Secret <input type="password" name="secret"></label>{% endblock %}"""

REFLECTION = """{% extends "page" %}{% block main %}
<ol data-path><li data-step-of="1" aria-current="step">How near</li><li data-step-of="2">Why</li>
<li data-step-of="3">Next</li></ol>
<form action="/reflection/{{ cycle }}" method="post" novalidate data-wizard data-outbox
 data-draft="reflection" data-draft-key="{{ cycle }}" data-rev="{{ rev }}"
 data-draft-url="/drafts/reflection/{{ cycle }}">
<input type="hidden" name="csrf_token" value="{{ csrf }}">
<input type="hidden" name="idem" value="{{ idem }}">
<div data-conflict hidden>There are two drafts.<div data-other></div>
<button type="button" data-take>Use the other</button>
<button type="button" data-keep>Keep this</button></div>
<div data-offer hidden>Another draft is on this device.<div data-other></div>
<button type="button" data-take>Use the other</button>
<button type="button" data-keep>Keep this</button></div>
<div data-restored hidden>Your draft is back.</div>
{% if errors %}<section role="alert" tabindex="-1" data-errors>{{ errors }}</section>{% endif %}
<fieldset data-step="1"{% if step != 1 %} hidden{% endif %}><legend><h1>How near?</h1></legend>
{% for n in "1234" %}<label><input type="radio" name="near" value="{{ n }}"
{% if f.near == n %} checked{% endif %}>Step <ruby>{{ n }}<rt>reading</rt></ruby></label>
{% endfor %}<button name="go" value="2" data-go="next">Go on to why</button></fieldset>
<fieldset data-step="2"{% if step != 2 %} hidden{% endif %}><legend><h1>Why?</h1></legend>
<label>Why <textarea id="why" name="why" maxlength="100">{{ f.why }}</textarea></label>
<p>Left: <b data-count-for="why">100</b></p>
<button type="button" data-insert="because " aria-controls="why">because</button>
<button name="go" value="1" data-go="back">Back to near</button>
<button name="go" value="3" data-go="next">Go on to next</button></fieldset>
<fieldset data-step="3"{% if step != 3 %} hidden{% endif %}><legend><h1>What next?</h1></legend>
<label><input type="radio" name="change" value="same">The same</label>
<label><input type="radio" name="change" value="other">Another way</label>
<label data-show-when="change=other|more">Which <input name="way" value="{{ f.way }}"></label>
<button name="go" value="2" data-go="back">Back to why</button>
<button name="finish" value="yes">Hand in</button></fieldset>
<p role="status"><span data-saved hidden>Draft saved <time></time></span>
<span data-saved-here hidden>Kept here <time></time></span></p>
</form>{% endblock %}"""

OFFLINE = """{% extends "page" %}{% block title %}Offline{% endblock %}{% block main %}
<h1>Not connected</h1><p data-sheet-locked hidden>Sign in to write.</p>
<form action="/reflection/now" method="post" data-sheet data-outbox data-draft="reflection" hidden>
<input type="hidden" name="idem" value=""><fieldset><legend>How near?</legend>
{% for n in "1234" %}<label><input type="radio" name="near" value="{{ n }}">{{ n }}</label>
{% endfor %}</fieldset><label>Why <textarea name="why" maxlength="100"></textarea></label>
<button>Keep it</button></form>{% endblock %}"""

QUEUE = """{% extends "page" %}{% block main %}<h1>Reflection {{ n }}</h1>
<label><input type="checkbox" data-keys-toggle checked>Keys</label>
<div data-keys><a href="/queue/{{ n - 1 }}" data-key-prev>Previous</a>
<a href="/queue/{{ n + 1 }}" data-key-next>Next</a>
<form method="post" action="/queue/{{ n }}">
<input type="hidden" name="csrf_token" value="{{ csrf }}">
<input type="hidden" name="idem" value="{{ idem }}"><fieldset data-key-stamps>
{% for word in ["Saw", "Noticed", "Finished"] %}
<label><input type="radio" name="stamp" value="{{ word }}">{{ word }}</label>{% endfor %}</fieldset>
<label>Word <textarea name="comment" data-key-comment></textarea></label>
<button name="act" value="answer" data-key-answer>Answer and next</button>
<button name="act" value="read" data-key-read>Read</button></form></div>{% endblock %}"""

FRAGMENTS = """{% extends "page" %}{% block main %}<h1>Fragments</h1>
{% include "fragment" %}
<form hx-get="/fragments/list" hx-target="#list" hx-trigger="submit">
<label>Filter <input name="q"></label><button>Filter</button></form><div id="list">all</div>
<div id="poll" hx-get="/fragments/poll"
 hx-trigger="every 1s, portal:visible from:body">polled 0</div>
<div id="typed"><textarea aria-label="Note"></textarea></div>
<button hx-get="/fragments/list" hx-target="#typed">Refresh note</button>{% endblock %}"""

FRAGMENT = """<form id="note" action="/fragments/note" method="post" hx-post="/fragments/note"
 hx-target="this" hx-swap="outerHTML">
{% if errors %}<section role="alert" tabindex="-1" data-errors>{{ errors }}</section>{% endif %}
<h2>{{ title or "Note" }}</h2><label>Text <input name="text"></label><button>Put</button></form>"""

TEMPLATES = {
    "page": PAGE,
    "sign-in": SIGN_IN,
    "home": HOME,
    "view": VIEW,
    "provider": PROVIDER,
    "reflection": REFLECTION,
    "offline": OFFLINE,
    "queue": QUEUE,
    "fragments": FRAGMENTS,
    "fragment": FRAGMENT,
}
