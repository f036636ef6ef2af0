"""Many definitions at once: surveys of whole repositories.

PATH... --places--> files --iter_scan_files--> outcomes --survey--> Survey --> text, JSON, page
                                                   |
                                          accepted --differential--> differences
"""
