"""Opens a report in headless Chromium, uses it as a reader would, and prints what it found as JSON.

    report-page.py PAGE FOLDER

Screenshots go to FOLDER. Needs the Python packages playwright and axe-playwright-python, and Debian's chromium.
"""
import json
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright


def first_paint(page):
    return page.evaluate("performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0]")


def longest_frame(page):
    """Scrolls through the list of events, and returns the longest time between two frames in milliseconds."""
    return page.evaluate("""() => new Promise(resolve => {
        const list = document.getElementById('list');
        let last = performance.now(), longest = 0, step = 0;
        const tick = () => {
            const now = performance.now();
            if (step > 2) longest = Math.max(longest, now - last);
            last = now;
            list.scrollTop += 700;
            if (++step < 120) requestAnimationFrame(tick); else resolve(longest);
        };
        requestAnimationFrame(tick);
    })""")


def is_drawn(page, selector):
    """Whether a canvas has pixels of more than one colour."""
    return page.evaluate("""selector => {
        const canvas = document.querySelector(selector);
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 4).join());
        return seen.size > 2;
    }""", selector)


def use(browser, path, folder, found):
    for scheme in ('light', 'dark'):
        for width in (400, 1600):
            page = browser.new_page(viewport={'width': width, 'height': 1000}, color_scheme=scheme)
            page.on('console', lambda message: found['messages'].append(message.text))
            page.on('pageerror', lambda error: found['messages'].append(str(error)))
            page.on('request', lambda request: found['requests'].append(request.url))
            page.goto('file://' + path)
            page.wait_for_selector('html[data-ready]')
            found['paint'].append(first_paint(page))
            page.wait_for_timeout(200)
            page.screenshot(path=f'{folder}/{scheme}-{width}.png')
            found['wide'] = max(found.get('wide', 0), page.evaluate('document.documentElement.scrollWidth') - width)
            results = Axe().run(page).response['violations']
            found['violations'] += [
                f"{violation['id']}: {node['target']}" for violation in results
                if violation['impact'] in ('serious', 'critical') for node in violation['nodes']]
            page.close()


def interact(browser, path, found):
    page = browser.new_page(viewport={'width': 1600, 'height': 1000})
    page.on('console', lambda message: found['messages'].append(message.text))
    page.goto('file://' + path)
    page.wait_for_selector('html[data-ready]')
    page.wait_for_timeout(200)
    found['count'] = page.text_content('#count')
    found['thumbnails'] = page.evaluate("[...document.querySelectorAll('.thumb img')].filter(i => i.naturalWidth > 0).length")
    found['boxes'] = page.locator('.thumb .box').count()
    page.locator('#recordings').scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#recordings canvas').scrollIntoView()")
    page.wait_for_timeout(200)
    found['timeline'] = is_drawn(page, '#recordings canvas')
    found['longest'] = longest_frame(page)
    # The keyboard alone: to the list, two events down, and open.
    page.focus('#list')
    page.keyboard.press('Home')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('Enter')
    found['details'] = page.text_content('#details-title')
    found['focused'] = page.evaluate('document.activeElement.id')
    page.wait_for_timeout(500)
    found['player'] = page.evaluate("(document.querySelector('#player').firstElementChild || {}).tagName")
    found['source'] = page.evaluate("(document.querySelector('#player video') || {}).src || ''")
    page.keyboard.press('Escape')
    found['closed'] = page.is_hidden('#details')
    page.fill('#search', 'nothing has this name')
    found['none'] = page.text_content('#count')
    page.fill('#search', '')
    page.locator('#labels input').first.uncheck()
    found['filtered'] = page.text_content('#count')
    page.click('button[type=reset]')
    page.wait_for_timeout(100)
    found['reset'] = page.text_content('#count')
    page.locator('.day:not([disabled])').first.click()
    found['day'] = page.text_content('#count')
    page.close()


def main():
    path, folder = sys.argv[1:]
    found = {'messages': [], 'requests': [], 'paint': [], 'violations': []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path='/usr/bin/chromium', args=['--no-sandbox'])
        use(browser, path, folder, found)
        interact(browser, path, found)
        browser.close()
    json.dump(found, sys.stdout)


if __name__ == '__main__':
    main()
