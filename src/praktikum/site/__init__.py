"""The class online: Django on the grader's pure functions.

::

    place.py        where this site keeps its things and by which names it is reached (environment)
    settings.py     Django's settings, made of a Place; database.py has the part on databases
    arrival.py      middleware: the moment at which a request came
    people/         User with its role, signing in, one-time links, tokens for `praktikum submit`
      access.py     who may see what; every view asks it, and other people's things are a 404
    classroom/      the facts
      models/       course_versions, attempts, gradings, marking, appeals, journal
      course.py     the course as its folder is now, read again when a file of it changes
      ledger.py     stored facts become the grader's: every score and mark is computed from there
      intake.py     an upload becomes an attempt and a job, in one transaction
      journal.py    what the staff does is put on record
    grading/        jobs become gradings, each exactly once
      queue.py      claim, pulse, finish, recover
      desk.py       a worker's warm sandboxes
      given.py      the images whose masks a task asks for, drawn from the site's secret
      tasks.py      what django-tasks runs
      worker.py     the loop of `praktikum worker`
    marking/        points by hand: what waits, the work as a person reads it, claims
    appeals/        objections of students, and answers to them
    terminal/       what `praktikum submit` asks, and the page of one's token
    student/, instructor/, …   a room of pages each: views, urls, forms, templates/ROOM/, locale/
    templates/      what all pages share (frame.html, form.html); static/site.css
    prose.py        Markdown and formulas of notebooks as HTML that does nothing
    phrasing_tags.py   filters of every template: bilingual texts, points, times
    opening.py, demo.py   what `praktikum serve` does before the doors open

Facts are stored, judgements computed: no column holds a score, a penalty or a mark. Rows are
added, not changed: points given by hand, extensions and gradings are lists in which the newest
counts. A view gets objects only through `people.access`, and times are arguments (``now``)
wherever something is computed from them.

Texts are English in the code and Russian in each room's ``locale``: in the room's folder run
``django-admin makemessages -l ru --no-location --no-wrap``, translate, ``compilemessages``; the
compiled file is committed too, and a test compares them.
"""
