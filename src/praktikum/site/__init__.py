"""The class online: Django on the grader's pure functions.

::

    place.py        where this site keeps its things and by which names it is reached (environment)
    settings.py     Django's settings, made of a Place
    arrival.py      middleware: the moment at which a request came
    people/         User with its role, signing in, one-time links, tokens for `praktikum submit`
      access.py     who may see what; every view asks it, and other people's things are a 404
    classroom/      the facts
      models/       course_versions, attempts, gradings, marking, appeals, journal
      course.py     the course as its folder is now, read again when a file of it changes
      ledger.py     stored facts become the grader's: every score and mark is computed from there
      intake.py     an upload becomes an attempt and a job, in one transaction
    grading/        jobs become gradings, each exactly once
      queue.py      claim, pulse, finish, recover
      desk.py       a worker's warm sandboxes
      tasks.py      what django-tasks runs
      worker.py     the loop of `praktikum worker`
    student/, instructor/   views and their urls; templates/NAME/ has their pages
    templates/frame.html    what all pages share; static/site.css; locale/ has the Russian texts

Facts are stored, judgements computed: no column holds a score, a penalty or a mark. Rows are
added, not changed: points given by hand, extensions and gradings are lists in which the newest
counts. A view gets objects only through `people.access`, and times are arguments (``now``)
wherever something is computed from them.
"""
